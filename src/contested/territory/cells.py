"""Places to ground: the cell that each place of a table stands for.

In: points and polygons of places, and the region. Out: one polygon a place: the one given, else the Voronoi
cell of its point. Refuses: nothing; a place without point and polygon gets no cell.

A cell is the ground of the region that is nearer to its place than to any other. That is a model of who held the
ground between places, not an observation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from contested.territory.areas import only_polygons

#: Longest straight piece of a cell's edge, metres. Edges are straight in the local projection and are handed out in
#: degrees; at 5 km the two differ by less than 1 m up to 60 degrees of latitude.
EDGE_M = 5_000.0


@dataclass(frozen=True, slots=True)
class Cell:
    """The ground of one place; ``made_by`` is ``polygon`` or ``voronoi``."""

    geometry: shapely.Geometry
    made_by: str


def make_cells(
    points: Mapping[str, tuple[float, float]],
    polygons: Mapping[str, shapely.Geometry],
    region: shapely.Geometry,
) -> dict[str, Cell]:
    """Polygons where they are given, Voronoi cells of the points elsewhere.

    Given polygons are kept whole. The cells share out the rest of the region by nearness to all places, in an
    azimuthal equidistant projection centred on the region; a place with a polygon takes part with its point, or
    with a point inside its polygon. A place whose cell misses the region is left out.

    Parameters
    ----------
    points
        Place → (longitude, latitude). No two may be the same point.
    polygons
        Place → polygon.
    region
        Polygon that the cells are clipped to, degrees.
    """
    cells = {place: Cell(polygon, "polygon") for place, polygon in polygons.items()}
    if set(points) <= set(polygons):
        return cells
    seeds = {place: polygon.representative_point().coords[0][:2] for place, polygon in polygons.items()}
    seeds |= points
    taken = shapely.union_all(list(polygons.values())) if polygons else None
    for place, cell in _voronoi(seeds, region).items():
        if place in polygons:
            continue
        rest = cell if taken is None else only_polygons(shapely.difference(cell, taken))
        if not rest.is_empty:
            cells[place] = Cell(rest, "voronoi")
    return cells


def local_projection(region: shapely.Geometry) -> pyproj.Transformer:
    """Degrees to metres: azimuthal equidistant, centred on the middle of the region's box."""
    west, south, east, north = region.bounds
    centre = f"+proj=aeqd +lat_0={(south + north) / 2!r} +lon_0={(west + east) / 2!r} +datum=WGS84 +units=m"
    return pyproj.Transformer.from_crs("EPSG:4326", centre, always_xy=True)


def _voronoi(seeds: Mapping[str, tuple[float, ...]], region: shapely.Geometry) -> dict[str, shapely.Geometry]:
    names = sorted(seeds)
    if len(names) == 1:
        return {names[0]: region}
    projection = local_projection(region)
    degrees = np.array([seeds[name][:2] for name in names], dtype=np.float64)
    metres = project(degrees, projection)
    points = shapely.points(metres)
    # The frame is widened so that the diagram's own outer edge stays clear of the region.
    outline = shapely.transform(shapely.segmentize(region, 0.1), lambda c: project(c, projection))
    frame = outline.envelope.buffer(0.5 * max(1_000.0, shapely.length(outline.envelope)))
    edges = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, only_edges=True)
    lines = shapely.transform(shapely.segmentize(edges, EDGE_M), lambda c: project(c, projection, back=True))
    # Cut along edges and region together, so that neighbours share every corner and the cells tile the region.
    net = shapely.union_all([shapely.intersection(lines, region.envelope.buffer(0.01)), region.boundary])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    inner = shapely.point_on_surface(faces)
    kept = shapely.contains(region, inner)
    faces, inner = faces[kept], inner[kept]
    middles = project(shapely.get_coordinates(inner), projection)
    nearest = shapely.STRtree(points).nearest(shapely.points(middles))
    return {names[number]: only_polygons(shapely.union_all(faces[nearest == number])) for number in np.unique(nearest)}


def project(coordinates: NDArray[Any], projection: pyproj.Transformer, back: bool = False) -> NDArray[np.float64]:
    """Coordinates, shape (n, 2), in metres of the projection, or back in degrees."""
    way = pyproj.enums.TransformDirection.INVERSE if back else pyproj.enums.TransformDirection.FORWARD
    x, y = projection.transform(coordinates[:, 0], coordinates[:, 1], direction=way)
    return np.stack([np.asarray(x), np.asarray(y)], axis=1)

"""Any file with areas, by the ending of its name.

In: a file. Out: its features, checked and mended (:class:`~contested.territory.files.features.FeatureFile`). Refuses:
endings that no reader takes, and whatever the readers refuse.
"""

from __future__ import annotations

from pathlib import Path

from contested.base.errors import LayerError
from contested.base.places import Box
from contested.territory.files.features import FeatureFile, make_features
from contested.territory.files.geojson import read_geojson
from contested.territory.files.kml import read_kml
from contested.territory.files.vector_files import read_geoparquet, read_vector_file

#: Ending → what ``holdings.made_by`` says of the format.
AREA_SUFFIXES = {
    ".geojson": "geojson", ".json": "geojson", ".kml": "kml", ".kmz": "kml", ".shp": "shapefile", ".zip": "shapefile",
    ".gpkg": "geopackage", ".parquet": "geoparquet", ".geoparquet": "geoparquet",
}  # fmt: skip
_READERS = {
    "geojson": read_geojson, "kml": read_kml, "shapefile": read_vector_file, "geopackage": read_vector_file,
    "geoparquet": read_geoparquet,
}  # fmt: skip


def read_features(path: Path, shown: str, region: Box | None = None) -> FeatureFile:
    """Read the areas of a file.

    ``shown`` is the path as messages and tables give it, ``region`` the box of the case's region: a file that meets it
    only with longitude and latitude exchanged is refused.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    form = AREA_SUFFIXES.get(path.suffix.lower())
    if form is None:
        known = ", ".join(AREA_SUFFIXES)
        raise LayerError(f'{shown}: no reader takes files ending in "{path.suffix}"; expected one of {known}')
    members, notes = _READERS[form](path, shown)
    return make_features(shown, members, region, notes)

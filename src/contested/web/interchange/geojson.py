"""GeoJSON (RFC 7946): incidents and holdings.

In: an :class:`~contested.web.edition.Edition`. Out: ``incidents.geojson``, one feature a place, without geometry where
none is known, and ``holdings.geojson``. Refuses: nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contested.web.edition import Edition
from contested.web.exports import feature_of_place, features_bytes, holdings_geojson
from contested.web.interchange.counting import Export, Format
from contested.web.interchange.placed import placed_incidents, placed_keys
from contested.web.public import PublicRows, row_key


def write_geojson(edition: Edition) -> Export:
    """Both collections; each incident's feature bears its key as ``id``."""
    features = [{**feature_of_place(one.incident, one.place), "id": one.key} for one in placed_incidents(edition)]
    return Export({"incidents.geojson": features_bytes(features), "holdings.geojson": holdings_geojson(edition)})


def read_geojson_keys(files: Mapping[str, bytes], public: PublicRows) -> dict[str, list[str]]:
    """Keys of the features in both files."""
    incidents, holdings = (_features(files[name]) for name in ("incidents.geojson", "holdings.geojson"))
    return {
        **placed_keys((feature["id"] for feature in incidents), public),
        "holdings": [row_key("holdings", feature["properties"]) for feature in holdings],
    }


def _features(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(content)["features"]
    return found


GEOJSON = Format(
    "geojson", "GeoJSON: places of incidents, and holdings", ("incidents", "incident_places", "holdings"),
    write_geojson, read_geojson_keys,
)  # fmt: skip

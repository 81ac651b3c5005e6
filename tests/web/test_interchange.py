"""Exports: every row out or counted, twins kept apart, nothing withheld told, and our own presets read them back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from tests.web.invented import HOSTILE, PLACE_COLUMNS, incident, make_tables, record

from contested.base.case import Case
from contested.base.errors import ExportError
from contested.base.records import TABLES
from contested.incidents.quality import report_file
from contested.web.edition import Edition
from contested.web.interchange.counting import Export, count_export
from contested.web.interchange.placed import placed_incidents
from contested.web.interchange.writing import FORMATS, export_case, summary_lines
from contested.web.words import FORMULA_STARTS


@pytest.fixture(scope="module")
def twins() -> Mapping[str, pa.Table]:
    """The invented case, with two incidents of one title, day and place name, whose sources share title and names."""
    tables = make_tables()
    day = date(2020, 3, 5)
    records = [
        record(f"twin:{number}", day, title="Same title", sources=["Same source"], lon=36.0 + number, lat=36.2,
               radius_m=50.0, address="https://example.org/same,a=b?c=1")
        for number in (1, 2)
    ]  # fmt: skip
    incidents = [incident(f"T{number}", "Same title", day, [f"twin:{number}"], event_id=None) for number in (1, 2)]
    incidents.append(incident("T3", "Same title", day, [], n_places=0))
    places = [(f"T{number}", 1, f"twin:{number}", "Same place", 36.0 + number, 36.2, 50.0) for number in (1, 2)]
    added: dict[str, list[dict[str, Any]]] = {
        "records": records,
        "incidents": incidents,
        "incident_places": [dict(zip(PLACE_COLUMNS, place, strict=True)) for place in places],
        "claim_links": [
            {"claim_id": name, "incident_id": "I1", "record_id": "reports:1", "probability": 0.9, "linked": True,
             "reasons": "same day +1.0"}
            for name in ("C1", "C2")
        ],
    }  # fmt: skip
    # An incident whose records are all gone is withheld; T3 keeps one so that it has a source and no place.
    added["records"].append(record("twin:3", day, title="Same title", address=None))
    added["incidents"][-1] |= {"records": ["twin:3"], "date_end": date(2020, 3, 7)}
    return tables | {
        name: TABLES[name].from_rows([*tables[name].to_pylist(), *rows]) for name, rows in added.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def edition(case: Case, twins: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, twins)


@pytest.fixture(scope="module")
def exports(edition: Edition) -> Mapping[str, Export]:
    return {name: form.write(edition) for name, form in FORMATS.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_row_goes_out_or_is_counted_with_a_reason(
    name: str, edition: Edition, exports: Mapping[str, Export]
) -> None:
    counts = count_export(FORMATS[name], edition.public, exports[name])
    carried = [one for one in counts if one.carried]
    assert {one.table for one in carried} >= {"documents"} or name in ("timemap", "atlos", "geojson", "geoparquet")
    for one in carried:
        assert one.rows_in == one.rows_out + sum(number for _, number in one.left)
        assert one.withheld == len(edition.public.withheld[one.table])
    assert {one.table for one in counts} == {
        table for table in TABLES if edition.public.rows[table] or edition.public.withheld[table]
    }


#: A row that each format loses when this is cut from its file.
LOSSES = {
    "timemap": ("events.json", lambda text: json.dumps(json.loads(text)[1:])),
    "atlos": ("export.csv", lambda text: "\r\n".join(text.split("\r\n")[:-2])),
    "geojson": ("incidents.geojson", lambda text: json.dumps({"features": json.loads(text)["features"][:-1]})),
    "csv": ("votes.csv", lambda text: "\r\n".join(text.split("\r\n")[:-2])),
    "ftm": ("entities.ftm.json", lambda text: text.split("\n", 1)[1]),
    "jsonld": ("claims.jsonld", lambda text: json.dumps({"@graph": json.loads(text)["@graph"][1:]})),
    "auto-archiver": ("links.csv", lambda text: "\r\n".join(text.split("\r\n")[:1])),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_row_lost_in_the_written_bytes_fails_the_export(
    name: str, edition: Edition, exports: Mapping[str, Export]
) -> None:
    file, damage = LOSSES[name]
    files = dict(exports[name].files)
    files[file] = damage(files[file].decode()).encode()
    with pytest.raises(ExportError, match=r"is neither written nor left out for a reason"):
        count_export(FORMATS[name], edition.public, replace(exports[name], files=files))


def test_a_row_written_twice_or_invented_fails_the_export(edition: Edition, exports: Mapping[str, Export]) -> None:
    features = json.loads(exports["geojson"].files["incidents.geojson"])["features"]
    for added, what in (
        (features[0], "is written twice"),
        ({**features[0], "id": "I9"}, "is written, and is no public row"),
    ):
        files = {**exports["geojson"].files, "incidents.geojson": json.dumps({"features": [*features, added]}).encode()}
        with pytest.raises(ExportError, match=what):
            count_export(FORMATS["geojson"], edition.public, Export(files))


def test_no_format_tells_what_is_withheld(exports: Mapping[str, Export], edition: Edition) -> None:
    for name, export in exports.items():
        for file, content in export.files.items():
            assert b"SECRET" not in content, f"{name}: {file}"
    assert any("SECRET" in str(row) for row in edition.public.withheld["records"].values())


@pytest.mark.parametrize("preset", ["timemap", "atlos"])
def test_our_preset_reads_back_the_same_count_days_and_points(
    preset: str, edition: Edition, exports: Mapping[str, Export], tmp_path: Path
) -> None:
    for file, content in exports[preset].files.items():
        (tmp_path / file).write_bytes(content)
    placed = placed_incidents(edition)
    read = tmp_path / {"timemap": "events.json", "atlos": "export.csv"}[preset]
    report_file(read, preset, None, tmp_path / "read.parquet")
    rows = {row["record_id"].split(":", 1)[1]: row for row in pq.read_table(tmp_path / "read.parquet").to_pylist()}
    assert len(placed) == len(rows) == 9
    for one in placed:
        row = rows[one.key]
        last = one.incident["date_end" if preset == "atlos" else "date_start"]
        assert (row["date_start"], row["date_end"]) == (one.incident["date_start"], last)
        assert row["kind"] == one.incident["kind"]
        known_to_1_km = one.radius_m is not None and one.radius_m <= 1_000
        if preset == "timemap" or known_to_1_km:
            assert (row["lon"], row["lat"]) == (one.point or (None, None))
        else:
            assert row["lon"] is None, "a point less sure than Atlos can say is not given as a point"
        if preset == "timemap":
            assert row["title"] == one.incident["title"]
            shown = {record["address"] if (record["address"] or "").startswith("http") else record["title"]
                     for record in one.records}  # fmt: skip
            assert shown <= set(row["sources"]) and len(row["sources"]) == len(shown) + len(one.claims)


def test_twins_and_their_sources_stay_two(exports: Mapping[str, Export]) -> None:
    files = exports["timemap"].files
    events, sources = (json.loads(files[name]) for name in ("events.json", "sources.json"))
    same = [event for event in events if event["description"] == "Same title" and event["location"]]
    assert [event["id"] for event in same] == ["T1|1", "T2|1"]
    assert {tuple(event["sources"]) for event in same} == {("records:twin:1",), ("records:twin:2",)}
    assert sources["records:twin:1"]["title"] == sources["records:twin:2"]["title"]
    assert {event["longitude"] for event in same} == {"37.0", "38.0"}


def test_timemap_holds_to_its_schemas(exports: Mapping[str, Export]) -> None:
    files = exports["timemap"].files
    events, sources, associations, sites = (
        json.loads(files[f"{name}.json"]) for name in ("events", "sources", "associations", "sites")
    )
    names = {
        "id", "description", "date", "time", "time_precision", "location", "latitude", "longitude", "type", "category",
        "category_full", "associations", "sources", "comments", "time_display",
    }  # fmt: skip
    known = {one["id"] for one in associations}
    for event in events:
        assert event.keys() == names
        assert all(isinstance(value, str) for key, value in event.items() if key not in ("associations", "sources"))
        assert bool(event["latitude"]) == bool(event["longitude"])
        assert re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", event["date"])
        assert set(event["sources"]) <= sources.keys() and set(event["associations"]) <= known
    assert all(key == one["id"] and one["paths"] == [] for key, one in sources.items())
    assert all(one["mode"] in ("CATEGORY", "NARRATIVE", "FILTER") and one["filter_paths"] for one in associations)
    assert len({tuple(one["filter_paths"]) for one in associations}) == len(associations)
    assert all(site.keys() == {"id", "description", "site", "latitude", "longitude", "enabled"} for site in sites)
    by_id = {event["id"]: event for event in events}
    assert "within 25,000 m" in by_id["I3|1"]["location"], "a centroid is told with its radius"


def test_atlos_keeps_its_words_and_limits(exports: Mapping[str, Export]) -> None:
    for file in ("import.csv", "export.csv"):
        rows = list(csv.DictReader(io.StringIO(exports["atlos"].files[file].decode(), newline="")))
        assert len(rows) == 9
        for row in rows:
            assert row["status"] == "To Do" and row["sensitive"] == "Not Sensitive"
            assert row["geolocation_resolution"] in ("", "Exact", "Vicinity", "Locality")
            assert bool(row["latitude"]) == bool(row["geolocation_resolution"])
            assert 8 <= len(row["description"]) <= 241 and len(row["more_info"]) <= 3_000
    header = exports["atlos"].files["export.csv"].decode().split("\r\n", 1)[0].split(",")
    assert header[:5] == ["slug", "inserted_at", "updated_at", "latitude", "longitude"]
    assert header[14:] == ["sensitive", "source_1", "source_2", "Incident type", "First day", "Last day"]


@pytest.mark.parametrize("name", ["csv", "atlos", "timemap", "auto-archiver"])
def test_no_cell_of_a_table_is_a_formula(name: str, exports: Mapping[str, Export]) -> None:
    seen = 0
    for file, content in exports[name].files.items():
        if file.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode(), newline="")):
                for cell in row:
                    seen += 1
                    assert not cell.startswith(FORMULA_STARTS) or re.fullmatch(r"-[\d.e-]+", cell), f"{file}: {cell!r}"
    assert seen > 40
    if name == "csv":
        assert b"'=cmd" in exports[name].files["records.csv"]


def test_geoparquet_metadata_and_geometry(edition: Edition, exports: Mapping[str, Export]) -> None:
    for file, kinds in (("incidents.parquet", {"Point"}), ("holdings.parquet", {"Polygon", "MultiPolygon"})):
        table = pq.read_table(io.BytesIO(exports["geoparquet"].files[file]))
        geo = json.loads(table.schema.metadata[b"geo"])
        assert geo["version"] == "1.1.0" and geo["primary_column"] == "geometry"
        column = geo["columns"]["geometry"]
        assert column["encoding"] == "WKB" and set(column["geometry_types"]) <= kinds and column["geometry_types"]
        shapes = [shapely.from_wkb(one) for one in table["geometry"].to_pylist() if one is not None]
        assert {shape.geom_type for shape in shapes} == set(column["geometry_types"])
        assert column["bbox"] == [float(edge) for edge in shapely.total_bounds(shapes)]
    table = pq.read_table(io.BytesIO(exports["geoparquet"].files["incidents.parquet"]))
    points = [None if one is None else shapely.from_wkb(one).coords[0] for one in table["geometry"].to_pylist()]
    assert points == [one.point for one in placed_incidents(edition)]
    assert table["radius_m"].to_pylist() == [one.radius_m for one in placed_incidents(edition)]


#: Properties that the schemata have (followthemoney 4): a name outside would be dropped when the file is read.
FTM_PROPERTIES = {
    "Event": {"name", "recordId", "keywords", "startDate", "endDate", "date", "summary", "description", "location",
              "addressEntity"},
    "Address": {"full", "latitude", "longitude", "remarks"},
    "Document": {"fileName", "title", "author", "publishedAt", "publisher", "sourceUrl", "notes", "mimeType"},
    "Note": {"name", "description", "summary", "publisher", "sourceUrl", "notes", "entity", "proof"},
    "LegalEntity": {"name"},
    "UnknownLink": {"subject", "object", "role", "date", "description", "proof"},
}  # fmt: skip


def test_followthemoney_entities_name_each_other_and_no_culprit(exports: Mapping[str, Export]) -> None:
    entities = [json.loads(line) for line in exports["ftm"].files["entities.ftm.json"].decode().split("\n") if line]
    names = [entity["id"] for entity in entities]
    assert len(set(names)) == len(names)
    for entity in entities:
        assert re.fullmatch(r"[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?", entity["id"])
        assert entity["properties"].keys() <= FTM_PROPERTIES[entity["schema"]]
        for name in ("entity", "addressEntity", "proof", "subject", "object"):
            assert set(entity["properties"].get(name, ())) <= set(names)
    links = [entity["properties"] for entity in entities if entity["schema"] == "UnknownLink"]
    assert {link["role"][0] for link in links} == {"blames", "denies"}


def test_followthemoney_is_accepted_by_its_library(exports: Mapping[str, Export]) -> None:
    pytest.importorskip("followthemoney", reason="followthemoney is not installed: its library did not check the file")
    assert exports["ftm"].notes == ()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_linked_data_is_read_offline(edition: Edition, exports: Mapping[str, Export]) -> None:
    rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed: the JSON-LD was not read")
    graph = rdflib.Graph()
    graph.parse(data=exports["jsonld"].files["claims.jsonld"].decode(), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    for kind, table in (("Claim", "claims"), ("Event", "incidents"), ("CreativeWork", "documents")):
        assert len(set(graph.subjects(rdflib.RDF.type, schema[kind]))) == len(edition.public.rows[table])
    assert not set(graph.subjects(rdflib.RDF.type, schema.ClaimReview))
    first, about, appearance = (set(graph.subject_objects(schema[name])) for name in
                                ("firstAppearance", "about", "appearance"))  # fmt: skip
    assert len(about) == 2 and first < appearance
    claim = rdflib.URIRef("urn:contested:claims:C1")
    assert (claim, schema.firstAppearance, None) not in graph, "a relay is no first appearance"
    assert HOSTILE in {str(title) for title in graph.objects(None, schema.name)}


def test_the_sheet_of_addresses_has_the_archivers_columns(edition: Edition, exports: Mapping[str, Export]) -> None:
    rows = list(csv.DictReader(io.StringIO(exports["auto-archiver"].files["links.csv"].decode(), newline="")))
    assert {"link", "archive status", "archive location"} <= rows[0].keys()
    assert len({row["link"] for row in rows}) == len(rows)
    shared = next(row for row in rows if row["link"].startswith("https://example.org/same"))
    assert shared["contested rows"].split("\n") == ["records:twin:1", "records:twin:2"]
    reasons = {one.reason for one in exports["auto-archiver"].left}
    assert reasons == {"has no address", "has an address that is no http or https link"}


def test_an_export_is_written_whole_and_told(case: Case, twins: Mapping[str, pa.Table], tmp_path: Path) -> None:
    summary = export_case(case, twins, "timemap", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(summary.files)
    told = "\n".join(summary_lines(summary))
    assert re.search(r"incidents +6 in, 6 out; 1 withheld", told)
    assert "left out: is linked to no incident" in told and "no place in this format for: originals" in told
    again = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    export_case(case, twins, "timemap", tmp_path / "out")
    assert again == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(ExportError, match='did you mean "geojson"'):
        export_case(case, twins, "geojsn", tmp_path / "none")
    assert not (tmp_path / "none").exists()

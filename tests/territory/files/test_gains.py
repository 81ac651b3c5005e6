"""Gains and losses become the two sides' ground, and unknown ground where the source does not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from contested.base.case import open_case
from contested.base.errors import CaseError, LayerError
from contested.territory.layers import LayerTables

Read = Callable[..., LayerTables]
WEST, MIDDLE, EAST = (shapely.box(w, 50.0, w + 0.05, 50.1) for w in (10.0, 10.05, 10.1))
SIDES = {"party": "north", "against": "south"}


def spans(tables: LayerTables) -> list[tuple[str, str, str, int]]:
    return [
        (r["holder"], str(r["valid_from"])[8:], str(r["valid_to"])[8:], r["original_row"])
        for r in tables.holdings.to_pylist()
    ]


def test_a_period_states_both_its_days_and_not_the_ground_between(read: Read, collection: Any) -> None:
    days = {"valid_from": "2020-01-02", "valid_to": "2020-01-06"}
    content = collection(
        (WEST, {"class": "No change", **days}), (MIDDLE, {"class": "GAINED", **days}), (EAST, {"class": "Lost", **days})
    )
    tables = read({"layers/a.geojson": content}, "gains", max_age_days=3, **SIDES)
    assert sorted(spans(tables), key=lambda s: (s[3], s[1])) == [
        ("north", "02", "09", 1),
        ("south", "02", "02", 2), ("unknown", "03", "05", 2), ("north", "06", "09", 2),
        ("north", "02", "02", 3), ("unknown", "03", "05", 3), ("south", "06", "09", 3),
    ]  # fmt: skip
    assert {r["made_by"] for r in tables.holdings.to_pylist()} == {"gains"}


def test_one_day_alone_is_the_step_from_the_day_before(read: Read, collection: Any) -> None:
    files = {
        "layers/changes_2020-01-02.geojson": collection((WEST, {"change": "unchanged"}), (EAST, {"change": "gain"})),
        "layers/changes_2020-01-03.geojson": collection(
            (WEST, {"change": "unchanged"}), (EAST, {"change": "unchanged"}), (MIDDLE, {"change": "gain"})
        ),
    }
    tables = read(files, "gains", max_age_days=0, **SIDES)
    assert not tables.notes
    assert [span[:3] for span in spans(tables)] == [
        ("north", "01", "02"),
        ("south", "01", "01"),
        ("north", "02", "02"),
        ("north", "03", "03"),
        ("north", "03", "03"),
        ("north", "03", "03"),
    ]


def test_periods_that_meet_are_compared_and_those_that_overlap_refused(read: Read, collection: Any) -> None:
    def period(first: int, last: int, *members: Any) -> Any:
        days = {"valid_from": f"2020-01-{first:02}", "valid_to": f"2020-01-{last:02}"}
        return collection(*((shape, {"change": change, **days}) for shape, change in members))

    one = period(1, 4, (WEST, "unchanged"), (EAST, "gained"))
    files = {"layers/a.geojson": one, "layers/b.geojson": period(4, 8, (WEST, "unchanged"), (EAST, "unchanged"))}
    assert not read(files, "gains", max_age_days=0, **SIDES).notes
    files["layers/b.geojson"] = period(4, 8, (WEST, "unchanged"))
    notes = read(files, "gains", max_age_days=0, **SIDES).notes
    assert "the period from 2020-01-04 begins with other ground" in notes[0]
    assert "layers/a.geojson was taken for that day" in notes[0]
    files["layers/b.geojson"] = period(3, 8, (WEST, "unchanged"))
    with pytest.raises(LayerError, match="2020-01-01 to 2020-01-04 and 2020-01-03 to 2020-01-08 overlap"):
        read(files, "gains", **SIDES)


def test_classes_are_mapped_by_the_case_and_others_refused(read: Read, collection: Any) -> None:
    files = {"layers/2020-01-02.geojson": collection((WEST, {"CLASS": "2"}), (EAST, {"CLASS": "0"}))}
    classes = {"2": "gained", "0": "unchanged"}
    tables = read(files, "gains", classes=classes, max_age_days=0, **SIDES)
    assert ("south", "01", "01", 1) in spans(tables)
    with pytest.raises(LayerError, match=r'feature 1: the class "2" is no change that is known; .*classes = '):
        read(files, "gains", **SIDES)
    files = {"layers/2020-01-02.geojson": collection((WEST, {}))}
    with pytest.raises(LayerError, match=r"no property holds the class of the change .change, class, status, type."):
        read(files, "gains", **SIDES)


def test_changes_without_two_days_go_to_rejects(read: Read, collection: Any) -> None:
    good = {"change": "gained", "date": "2020-01-03"}
    bad = [
        ({"change": "gained"}, "bears no days"),
        ({"change": "lost", "valid_from": "2020-01-03"}, "only one of valid_from and valid_to"),
        ({"change": "lost", "valid_from": "2020-01-03", "valid_to": "2020-01-03"}, "does not lie after"),
        ({"change": "lost", "date": "2061-01-03"}, "more than 20 years from the case's window"),
    ]
    tables = read({"layers/a.geojson": collection((WEST, good), *((EAST, p) for p, _ in bad))}, "gains", **SIDES)
    assert {r["original_row"] for r in tables.holdings.to_pylist()} == {1}
    for reject, (_, words) in zip(tables.rejects, bad, strict=True):
        assert words in reject["reason"]


def test_the_case_must_name_both_sides(case: Any) -> None:
    (case.folder / "layers").mkdir()
    text = (case.folder / "case.toml").read_text()
    layer = '[[layers]]\nname = "gains"\nform = "gains"\npath = "layers"\nparty = "north"\n'
    (case.folder / "case.toml").write_text(text + layer)
    with pytest.raises(CaseError, match=r"a layer of gains needs party .whose gains. and against"):
        open_case(case.folder)
    (case.folder / "case.toml").write_text(text + layer + 'against = "suoth"\n')
    with pytest.raises(CaseError, match='against = "suoth" is no known party; did you mean "south"'):
        open_case(case.folder)

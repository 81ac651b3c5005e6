"""All tests of a case, and the rows that each used.

In: a case and its tables ``incidents``, ``incident_places``, ``control`` and ``fronts``. Out: the
tables ``findings`` and ``finding_rows``. Refuses: a missing table (:class:`WeighingError`).

Every test in :data:`TESTS` runs for every weighing that the case declares, first on the layer it
names, then on each other layer of the case, one by one: a result that holds in one map only is
seen to. Every test that ran or was refused is a finding, so that none is picked. The same tables
give the same rows, which is how ``contested verify`` proves the numbers.

A new test is a function from a sample to a finding, and one entry in :data:`TESTS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from contested.base.case import Case, Weighing
from contested.base.errors import WeighingError
from contested.base.records import FINDING_ROWS, FINDINGS
from contested.weighing.following import order_of_attacks_and_falls
from contested.weighing.sample import Finding, Incident, Sample, make_sample
from contested.weighing.zones import area_shares, front_distances

if TYPE_CHECKING:
    import pyarrow as pa

#: The tests, in the order in which a reader meets them.
TESTS: tuple[Callable[[Sample], Finding], ...] = (area_shares, front_distances, order_of_attacks_and_falls)
_NEEDED = ("incidents", "incident_places", "control", "fronts")


def weigh_case(case: Case, tables: Mapping[str, pa.Table]) -> tuple[pa.Table, pa.Table]:
    """Run every test for every weighing and layer of the case.

    Parameters
    ----------
    case
        The case; its ``[[weighing]]`` entries say what is weighed.
    tables
        The tables ``incidents``, ``incident_places``, ``control`` and ``fronts``; others are ignored.

    Returns
    -------
    tuple of pyarrow.Table
        ``findings`` and ``finding_rows``; without a weighing both are empty.

    Raises
    ------
    WeighingError
        When one of the tables is missing.
    """
    for name in _NEEDED:
        if name not in tables:
            raise WeighingError(f'the table "{name}" is missing; weighing needs {", ".join(_NEEDED)}: build the case')
    findings: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for weighing, layer in _pairs(case):
        sample = make_sample(case, weighing, layer, tables)
        for test in TESTS:
            finding = test(sample)
            finding_id = "-".join(
                (finding.test.replace("_", "-"), weighing.event, layer, weighing.advancing, weighing.losing)
            )
            findings.append(_finding_row(finding_id, finding, sample))
            rows.extend(_used_rows(finding_id, finding, sample))
    return FINDINGS.from_rows(findings), FINDING_ROWS.from_rows(rows)


def _pairs(case: Case) -> Iterator[tuple[Weighing, str]]:
    """Each weighing with its own layer, then with the layers that no like weighing names."""
    declared: set[tuple[str, str, str, str]] = set()
    for weighing in case.file.weighing:
        key = (weighing.event, weighing.advancing, weighing.losing, weighing.layer)
        if weighing.advancing == weighing.losing:
            raise WeighingError(
                f'case.toml: the weighing of "{weighing.event}" names "{weighing.losing}" as both advancing and '
                "losing; name two parties"
            )
        if key in declared:
            raise WeighingError(
                f'case.toml: the weighing of "{weighing.event}" on layer "{weighing.layer}" is declared twice; '
                "keep one, with the distance that was fixed first"
            )
        declared.add(key)
        yield weighing, weighing.layer
    for weighing in case.file.weighing:
        for layer in case.file.layers:
            key = (weighing.event, weighing.advancing, weighing.losing, layer.name)
            if key not in declared:
                declared.add(key)
                yield weighing, layer.name


def _finding_row(finding_id: str, finding: Finding, sample: Sample) -> dict[str, Any]:
    return {
        "finding_id": finding_id,
        "test": finding.test,
        "question": finding.question,
        "event_id": sample.event.id,
        "layer": sample.layer,
        "n": finding.n,
        "refused": finding.refused,
        "reading": finding.reading,
        "method": finding.method,
        "assumptions": list(finding.assumptions),
        "details": json.dumps(finding.details, ensure_ascii=False, sort_keys=True, allow_nan=False),
        **finding.numbers,
    }


def _used_rows(finding_id: str, finding: Finding, sample: Sample) -> Iterator[dict[str, Any]]:
    """The rows of each incident that a finding looked at: itself, its places, areas and front."""

    def row(table: str, role: str, *key: object) -> dict[str, Any]:
        return {"finding_id": finding_id, "table": table, "row_key": "|".join(map(str, key)), "role": role}

    incidents: dict[str, Incident] = {i.incident_id: i for i in (*sample.incidents, *sample.others)}
    for incident_id, role in sorted(finding.roles.items()):
        yield row("incidents", role, incident_id)
        for place in incidents[incident_id].places:
            yield row("incident_places", role, incident_id, place.place_no)
            if finding.test == "area_shares":
                for party in sorted(place.shares):
                    yield row("control", role, incident_id, place.place_no, sample.layer, party)
            elif place.has_front_row:
                yield row("fronts", role, incident_id, place.place_no, sample.layer)

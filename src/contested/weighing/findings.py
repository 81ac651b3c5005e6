"""All tests of a case, and the rows that each used.

In: a case and its tables ``incidents``, ``incident_places``, ``holdings``, ``control`` and ``fronts``. Out:
the tables ``findings`` and ``finding_rows``. Refuses: a missing table (:class:`WeighingError`).

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
from contested.base.records import FINDING_ROWS, FINDINGS, TABLES
from contested.weighing.comparisons import (
    area_against_area,
    area_against_people,
    area_against_rotation,
    front_against_rotation,
)
from contested.weighing.following import directions, order_of_attacks_and_falls
from contested.weighing.losing_ground import before_and_after, loss_after_attack
from contested.weighing.population import read_population
from contested.weighing.salvos import salvos
from contested.weighing.sample import Finding, Sample, case_layers, make_sample
from contested.weighing.wake_finding import matched_wakes
from contested.weighing.zones import area_shares, front_distances

if TYPE_CHECKING:
    import pyarrow as pa

#: The tests, in the order in which a reader meets them.
TESTS: tuple[Callable[[Sample], Finding], ...] = (
    area_shares, area_against_people, area_against_rotation, area_against_area,
    front_distances, front_against_rotation, order_of_attacks_and_falls,
    loss_after_attack, before_and_after, directions, matched_wakes, salvos,
)  # fmt: skip
#: Tests that ask no layer: they run beside the layer that the weighing names, and not beside the others again.
WITHOUT_LAYER = (salvos,)
_NEEDED = ("incidents", "incident_places", "holdings", "control", "fronts")
#: Tables beside ``incidents`` whose rows each test looks at; the others use incidents and their places.
_LOOKED_AT = {"area_shares": "control", "front_distances": "fronts", "order_of_attacks_and_falls": "fronts"}


def weigh_case(case: Case, tables: Mapping[str, pa.Table]) -> tuple[pa.Table, pa.Table]:
    """Run every test for every weighing and layer of the case.

    Parameters
    ----------
    case
        The case; its ``[[weighing]]`` entries say what is weighed.
    tables
        The tables ``incidents``, ``incident_places``, ``holdings``, ``control`` and ``fronts``; ``records``, when
        there, names the sources. Others are ignored.

    Returns
    -------
    tuple of pyarrow.Table
        ``findings`` and ``finding_rows``; without a weighing both are empty.

    Raises
    ------
    WeighingError
        When one of the tables is missing.
    """
    import pyarrow as pa

    for name in _NEEDED:
        if name not in tables:
            raise WeighingError(f'the table "{name}" is missing; weighing needs {", ".join(_NEEDED)}: build the case')
    layers = case_layers(case, tables["holdings"])
    population = read_population(case) if case.file.weighing else None
    findings: list[dict[str, Any]] = []
    rows = [FINDING_ROWS.empty()]
    for weighing, layer in _pairs(case):
        if layer not in layers:
            continue  # none of its rows could be read: the rejects say why
        sample = make_sample(case, weighing, layer, tables, layers, population)
        for test in TESTS:
            if test in WITHOUT_LAYER and layer != weighing.layer:
                continue
            finding = test(sample)
            finding_id = "-".join(
                (finding.test.replace("_", "-"), weighing.event, layer, weighing.advancing, weighing.losing)
            )
            findings.append(_finding_row(finding_id, finding, sample))
            rows.append(_used_rows(finding_id, finding, layer, tables))
    return FINDINGS.from_rows(findings), FINDING_ROWS.check(pa.concat_tables(rows))


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


def _used_rows(finding_id: str, finding: Finding, layer: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The rows of each incident that a finding looked at: itself, its places, areas and front."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # Without an incident the columns have no type of their own.
    names, words = (pa.array(list(of), pa.string()) for of in (finding.roles, finding.roles.values()))
    roles = pa.table({"incident_id": names, "role": words})
    parts = []
    for name in ("incidents", "incident_places", _LOOKED_AT.get(finding.test)):
        if name is None:
            continue
        rows = tables[name]
        if "layer" in rows.column_names:
            rows = rows.filter(pc.equal(rows["layer"], layer))
        used = rows.select(TABLES[name].key).join(roles, "incident_id", join_type="inner")
        key = [used[column].cast(pa.string()) for column in TABLES[name].key]
        parts.append(
            pa.table({
                "finding_id": pa.repeat(finding_id, used.num_rows), "table": pa.repeat(name, used.num_rows),
                "row_key": key[0] if len(key) == 1 else pc.binary_join_element_wise(*key, "|"), "role": used["role"],
            })
        )  # fmt: skip
    rows = pa.concat_tables(parts).cast(FINDING_ROWS.schema())
    return rows.sort_by([("table", "ascending"), ("row_key", "ascending")])

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from contested.base.errors import RecordError
from contested.territory.control import ControlLayer
from contested.territory.several import look_up_layers

WEST, EAST = shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)
DAYS = ("2020-01-01", "2020-01-10")


def named(table: pa.Table, name: str) -> ControlLayer:
    at = table.column_names.index("layer")
    return ControlLayer(table.set_column(at, table.schema.field("layer"), pa.array([name] * table.num_rows)))


@pytest.fixture
def layers(holdings: Any) -> list[ControlLayer]:
    one = named(holdings([("north", *DAYS, WEST), ("south", *DAYS, EAST)]), "one")
    other = named(holdings([("north", *DAYS, WEST.union(EAST))]), "other")
    third = named(holdings([("west", *DAYS, WEST)]), "third")
    return [one, other, third]


def test_shares_are_means_over_layers_with_their_spread(layers: list[ControlLayer]) -> None:
    found = look_up_layers(layers, [10.05, 10.15, 11.0], [50.05] * 3, "2020-01-02", weights=[2, 1, 1])
    assert found.columns == ("north", "south", "west", "contested", "unknown")
    assert found.p.tolist() == [[0.75, 0, 0.25, 0, 0], [0.25, 0.5, 0, 0, 0.25], [0, 0, 0, 0, 1]]
    assert found.low[:, 0].tolist() == [0, 0, 0] and found.high[:, 0].tolist() == [1, 1, 0]
    assert found.agree.tolist() == [False, False, True]
    assert found.stated.tolist() == [3, 2, 0]
    assert list(found.by_layer) == ["one", "other", "third"]
    assert found.p_of("nobody").tolist() == [0, 0, 0]


def test_a_silent_layer_does_not_disagree(layers: list[ControlLayer]) -> None:
    found = look_up_layers([layers[1], layers[2]], [10.15], [50.05], "2020-01-02")
    assert found.agree.all() and np.allclose(found.p.sum(axis=1), 1)


@pytest.mark.parametrize("weights", [[1, 1], [1, -1, 1], [0, 0, 0], [1, np.nan, 1]])
def test_weights_that_are_none_are_refused(layers: list[ControlLayer], weights: list[float]) -> None:
    with pytest.raises(RecordError, match="expected one for each of 3 layers"):
        look_up_layers(layers, [10.0], [50.0], "2020-01-02", weights=weights)


def test_no_layers_and_two_of_one_name_are_refused(layers: list[ControlLayer]) -> None:
    for wrong in ([], [layers[0], layers[0]]):
        with pytest.raises(RecordError, match="a name of its own"):
            look_up_layers(wrong, [10.0], [50.0], "2020-01-02")

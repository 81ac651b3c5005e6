"""One question to several layers: what they say together, and how far they agree.

In: layers, points, days, radii. Out: :class:`LayersLookUp`. Refuses: no layer, and weights that are none.

Layers are sources, and sources differ. The share of a party over layers is the weighted mean of what each says; where a
layer is silent (no map, or no area), it says ``unknown``, and that stays in the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contested.base.errors import RecordError
from contested.territory.control import ControlLayer, ControlLookUp
from contested.territory.ground import Reals, column_names


@dataclass(frozen=True, slots=True)
class LayersLookUp:
    """Answers of several layers, one row a point.

    Attributes
    ----------
    columns
        Names of the columns of ``p``: all parties of all layers in alphabetical order, ``contested``, ``unknown``.
    p
        Weighted mean over layers of each column's share, shape (points, columns); each row sums to 1.
    low, high
        Least and greatest share that any layer gives each column, shape (points, columns).
    agree
        Whether all layers name one holder for the point itself; a layer that says ``unknown`` takes no part.
    stated
        Number of layers that say something of the point itself on its first day.
    by_layer
        Each layer's own answers, by name.
    """

    columns: tuple[str, ...]
    p: Reals
    low: Reals
    high: Reals
    agree: NDArray[np.bool_]
    stated: NDArray[np.int64]
    by_layer: dict[str, ControlLookUp]

    def p_of(self, party: str) -> Reals:
        """The mean shares of one column; zeros for a party that no layer names."""
        return self.p[:, self.columns.index(party)] if party in self.columns else np.zeros(len(self.p))


def look_up_layers(
    layers: Sequence[ControlLayer], lon: ArrayLike, lat: ArrayLike, day: ArrayLike,
    radius_m: ArrayLike | None = None, day_end: ArrayLike | None = None, weights: Sequence[float] | None = None,
) -> LayersLookUp:  # fmt: skip
    """Ask several layers.

    Parameters
    ----------
    layers
        The layers, each with a name of its own.
    lon, lat, day, radius_m, day_end
        As for :meth:`~contested.territory.control.ControlLayer.look_up`.
    weights
        Trust in each layer, 0 or more; equal when left out.

    Raises
    ------
    RecordError
        Without layers, with two of one name, or with weights that do not fit.
    """
    names = [layer.name for layer in layers]
    if not layers or len(set(names)) != len(names):
        raise RecordError(f"layers {names}: expected one or more, each with a name of its own")
    trust = np.ones(len(layers)) if weights is None else np.asarray(weights, dtype=np.float64)
    if trust.shape != (len(layers),) or not np.isfinite(trust).all() or (trust < 0).any() or not trust.sum():
        raise RecordError(f"weights {weights}: expected one for each of {len(layers)} layers, 0 or more, not all 0")
    found = {layer.name: layer.look_up(lon, lat, day, radius_m, day_end) for layer in layers}
    columns = column_names(name for one in found.values() for name in one.columns)
    shares = np.stack([np.stack([one.p_of(name) for name in columns], axis=1) for one in found.values()])
    holders = np.stack([np.array([columns.index(name) for name in one.columns])[one.code] for one in found.values()])
    silent = holders == len(columns) - 1
    lowest = np.where(silent, len(columns), holders).min(axis=0)
    highest = np.where(silent, -1, holders).max(axis=0)
    return LayersLookUp(
        columns, np.tensordot(trust / trust.sum(), shares, axes=1), shares.min(axis=0), shares.max(axis=0),
        lowest >= highest, (~silent).sum(axis=0), found,
    )  # fmt: skip

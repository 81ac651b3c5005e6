"""How two records differ: for each pair, a level of each comparison.

In: the table ``records`` and pairs of its rows. Out: levels, one row of small numbers per pair. Refuses: nothing; what
a record does not say has a level of its own ("not said"), which speaks neither for nor against.

The comparisons are: where and when (distance, gap in days and place name, judged together since they go together),
kind, actors, killed, sources and wording. What a level is worth is not said here but fitted (``linkage.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from contested.base.places import from_centre
from contested.base.transliteration import fold_name
from contested.incidents.compared_names import is_address, name_parts, plain_address
from contested.incidents.token_sets import TokenSets, name_sets, word_sets

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: Radius in metres that a point without one is paired by: points that projects geolocate lie within it. No test of
#: the weighing uses it. When changed: run ``gate/linking.py`` on two lists of geolocated incidents.
ASSUMED_RADIUS_M = 1_000.0
#: Days on which a dataset must give one point without a radius for it to be no exact place.
DAYS_OF_A_MIDDLE = 10
#: Metres added to the radii: two gazetteers' points of one neighbourhood of Aleppo lay 0.7 km apart,
#: with radii of their own; half a kilometre covers what the radii leave.
SLACK_M = 500.0
#: Kinds and sets of actors of a dataset that are told apart, the most frequent first; the rest are one.
MOST_CODES = 62

#: Sum of the two radii and the slack, metres: places are exact, towns, districts, or wider.
_REACHES_M = (3_000.0, 12_000.0, 60_000.0)
#: Where the reach is at most 12 km: metres apart.
_NEAR_M = (15.0, 60.0, 150.0, 400.0, 1_200.0, 3_000.0)
#: Elsewhere: one point, or shares of the reach.
_SAME_POINT_M, _SHARES = 500.0, (0.25, 0.5)

_NEAR_WORDS = ("within 15 m", "within 60 m", "within 150 m", "within 400 m", "within 1.2 km", "within 3 km", "farther")
WHERE = tuple(
    f"{reach}: {apart}"
    for reach, steps in (
        ("exact", _NEAR_WORDS),
        ("towns", _NEAR_WORDS),
        ("districts", ("one point", "within a quarter of the reach", "within half", "farther")),
        ("wider", ("one point", "within a quarter of the reach", "within half", "farther")),
        ("no point", ("not said",)),
    )
    for apart in steps
)
WHEN = ("same day", "same span of days", "days overlap within a week", "days overlap in longer spans", "a day apart",
        "2 or 3 days apart", "more days apart")  # fmt: skip
NAMED = ("same place name", "like place names", "other place names", "place name not said")
KIND = ("same word", "other words")
ACTORS = ("same actors", "like actors", "an actor's word in common", "other actors", "actors not said")
KILLED = ("same, none or one", "same, 2 to 4", "same, 5 to 9", "same, 10 or more", "ranges overlap",
          "nearly the same, below 5", "nearly the same, 5 or more", "ranges apart", "far apart",
          "killed not said")  # fmt: skip
SOURCES = ("an address in common", "same outlets", "an outlet in common", "other sources", "sources not said")
WORDING = ("cosine from 0.7", "from 0.5", "from 0.35", "from 0.2", "from 0.1", "below 0.1", "no text")

_IN_TEXT = r"https?://\S+"


@dataclass(frozen=True)
class Comparison:
    """One thing that records are compared by, for n pairs."""

    name: str
    levels: tuple[str, ...]
    """Words of each level, by its number."""
    coarse: NDArray[np.int64]
    """Level of each pair."""
    fine: NDArray[np.int64]
    """A finer code of each pair where the data may show that codes go together (kinds of two datasets), below
    ``n_fine``; equal to ``coarse`` where there is none."""
    n_fine: int


class Comparable:
    """Records as arrays, in the order of the table.

    Parameters
    ----------
    records
        The table ``records``.
    aliases
        Name of an actor, folded (:func:`~contested.base.transliteration.fold_name`) → who is meant, from the case.
    """

    def __init__(self, records: pa.Table, aliases: Mapping[str, str] | None = None) -> None:
        self.records = records
        self._aliases = dict(aliases or {})

    def __len__(self) -> int:
        return int(self.records.num_rows)

    def _reals(self, name: str) -> Reals:
        values = self.records[name].to_numpy(zero_copy_only=False)
        return np.asarray(values, dtype=np.float64)

    def _codes(self, name: str) -> Rows:
        """Numbers of a column of texts, in the order of the texts, so that they do not depend on that of the rows."""
        values = self.records[name].combine_chunks().dictionary_encode()
        texts = [str(text) for text in values.dictionary.to_pylist()]
        order = np.argsort(np.array(texts, dtype=object)) if texts else np.zeros(0, dtype=np.int64)
        rank = np.empty(len(texts), dtype=np.int64)
        rank[order] = np.arange(len(texts))
        numbers = np.asarray(values.indices.fill_null(-1), dtype=np.int64)
        return np.where(numbers < 0, -1, rank[numbers] if len(rank) else -1)

    @cached_property
    def dataset(self) -> Rows:
        """Number of each row's dataset, in the order of their names."""
        return self._codes("dataset")

    @cached_property
    def placed(self) -> NDArray[np.bool_]:
        """Whether each row has a point to be paired by: one without a radius that its dataset gives on many days is
        the middle of a province or a country, and pairs nothing.
        """
        return ~np.isnan(self.lon) & ~self._middles

    @cached_property
    def _middles(self) -> NDArray[np.bool_]:
        rows = np.flatnonzero(np.isnan(self._reals("radius_m")) & ~np.isnan(self.lon))
        point = np.column_stack([self.dataset[rows], self.lon[rows], self.lat[rows]])
        _, point_of = np.unique(point, axis=0, return_inverse=True)
        days = np.unique(np.column_stack([point_of.ravel(), self.first_day[rows]]), axis=0)[:, 0]
        found = np.zeros(len(self), dtype=bool)
        found[rows] = np.bincount(days, minlength=1)[point_of.ravel()] >= DAYS_OF_A_MIDDLE
        return found

    @cached_property
    def lon(self) -> Reals:
        """Longitude, degrees; NaN without a point."""
        return self._reals("lon")

    @cached_property
    def lat(self) -> Reals:
        """Latitude, degrees; NaN without a point."""
        return self._reals("lat")

    @cached_property
    def radius_m(self) -> Reals:
        """Radius in metres; :data:`ASSUMED_RADIUS_M` where the record states none."""
        radius = self._reals("radius_m")
        return np.where(np.isnan(radius), ASSUMED_RADIUS_M, radius)

    @cached_property
    def xyz(self) -> Reals:
        """Metres from the earth's centre; rows that are not placed have those of (0, 0)."""
        return from_centre(np.where(self.placed[:, None], np.column_stack([self.lon, self.lat]), 0.0))

    @cached_property
    def first_day(self) -> Rows:
        """First day, counted from 1970."""
        return self._days("date_start")

    @cached_property
    def last_day(self) -> Rows:
        """Last day, counted from 1970."""
        return self._days("date_end")

    def _days(self, name: str) -> Rows:
        return np.asarray(self.records[name].to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int64))

    @cached_property
    def _killed(self) -> tuple[Reals, Reals]:
        low, high, best = (self._reals(name) for name in ("killed_low", "killed_high", "killed_best"))
        said = ~(np.isnan(low) & np.isnan(high))
        return (
            np.where(said, np.where(np.isnan(low), 0.0, low), best),
            np.where(said, np.where(np.isnan(high), np.inf, high), best),
        )

    @cached_property
    def _best(self) -> Reals:
        low, high = self._killed
        best = self._reals("killed_best")
        return np.where(~np.isnan(best), best, np.where(np.isinf(high), low, (low + high) / 2.0))

    @cached_property
    def place_words(self) -> TokenSets:
        """Words of the place names, spelling folded."""
        import pyarrow as pa
        import pyarrow.compute as pc

        names = self.records["place_name"]
        lists = pa.ListArray.from_arrays(
            pa.array(np.append(0, np.cumsum(np.asarray(names.is_valid(), dtype=np.int32))), pa.int32()),
            pc.drop_null(names).combine_chunks(),
        )
        return name_sets(pa.chunked_array([lists]), name_parts)

    @cached_property
    def actor_words(self) -> TokenSets:
        """Words of the actors' names, spelling folded, and whom the case says is meant."""
        import pyarrow as pa

        def parts(name: str) -> tuple[str, ...]:
            meant = self._aliases.get(fold_name(name))
            return name_parts(name) if meant is None else (f"={meant}",)

        lists = self.records["actors"]
        return name_sets(lists if lists.num_chunks else pa.chunked_array([[]], lists.type), parts)

    @cached_property
    def addresses(self) -> TokenSets:
        """Web addresses of the sources and of the record, without what differs between copies of one."""
        import pyarrow as pa
        import pyarrow.compute as pc

        named = pc.fill_null(self.records["address"], "")
        in_title = pc.extract_regex(pc.fill_null(self.records["title"], ""), f"(?P<found>{_IN_TEXT})")
        found = pc.fill_null(pc.struct_field(in_title, "found"), "")
        both = pc.binary_join_element_wise(
            pc.binary_join(self.records["sources"], "\n"), named, found, "\n", null_handling="replace"
        )
        lists = pc.split_pattern(both, "\n")
        return name_sets(
            lists if isinstance(lists, pa.ChunkedArray) else pa.chunked_array([lists]),
            lambda text: (plain_address(text),) if is_address(text) else (),
        )

    @cached_property
    def all_words(self) -> TokenSets:
        """Words of title and place name, for records that words must bring together."""
        import pyarrow as pa
        import pyarrow.compute as pc

        both = [pc.fill_null(self.records[name], "") for name in ("title", "place_name")]
        texts = pc.binary_join_element_wise(*both, " ")
        return word_sets(texts, pa.chunked_array([pa.repeat("", len(self))]))

    @cached_property
    def outlets(self) -> TokenSets:
        """Names of the sources that are no addresses."""
        return name_sets(
            self.records["sources"], lambda text: () if is_address(text) else (fold_name(text) or text.casefold(),)
        )

    @cached_property
    def title_words(self) -> TokenSets:
        """Words of the titles that the record does not hold elsewhere: its place, kind, actors and killed."""
        import pyarrow.compute as pc

        numbers = [pc.cast(self.records[name], "string") for name in ("killed_low", "killed_high", "killed_best")]
        actors = pc.binary_join(self.records["actors"], " ")
        held = (self.records["place_name"], self.records["kind"], actors, *numbers)
        without = pc.binary_join_element_wise(*(pc.fill_null(one, "") for one in held), " ")
        return word_sets(self.records["title"], without)

    def distance_m(self, a: Rows, b: Rows) -> Reals:
        """Straight metres between rows a and b."""
        return np.asarray(np.sqrt(((self.xyz[a] - self.xyz[b]) ** 2).sum(axis=1)))

    def gap_days(self, a: Rows, b: Rows) -> Rows:
        """Days between the intervals of rows a and b; 0 when they overlap."""
        apart = np.maximum(self.first_day[b] - self.last_day[a], self.first_day[a] - self.last_day[b])
        return np.asarray(np.maximum(0, apart))

    @cached_property
    def _kind_words(self) -> Rows:
        return self._codes("kind")

    @cached_property
    def _kind_codes(self) -> Rows:
        return self._frequent(self._kind_words)

    @cached_property
    def _actor_codes(self) -> Rows:
        sets = self.actor_words
        # A set of words by one number: the sum of a fixed mix of its members.
        mixed = (sets.tokens.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        sums = np.append(np.uint64(0), np.cumsum(mixed, dtype=np.uint64))
        whole = sums[sets.starts[1:]] - sums[sets.starts[:-1]]
        return self._frequent(np.unique(whole, return_inverse=True)[1].astype(np.int64))

    def _frequent(self, codes: Rows) -> Rows:
        """Numbers below ``MOST_CODES`` of the most frequent codes of each dataset; ``MOST_CODES`` for the others."""
        out = np.full(len(codes), MOST_CODES, dtype=np.int64)
        for dataset in np.unique(self.dataset):
            rows = self.dataset == dataset
            values, counts = np.unique(codes[rows], return_counts=True)
            rank = np.full(len(values), MOST_CODES, dtype=np.int64)
            most = np.lexsort((values, -counts))[:MOST_CODES]
            rank[most] = np.arange(len(most))
            out[rows] = rank[np.searchsorted(values, codes[rows])]
        return out

    def compare(self, a: Rows, b: Rows) -> tuple[Comparison, ...]:
        """All comparisons of the pairs (a, b); swapping a and b gives the same coarse levels."""
        width = MOST_CODES + 1
        kinds = np.where(self._kind_words[a] == self._kind_words[b], 0, 1)
        actors = self._actor_levels(a, b)
        return (
            self._plain("where", WHERE, self._where(a, b)),
            self._plain("when", WHEN, self._when(a, b)),
            self._plain("place name", NAMED, self._named(a, b)),
            Comparison("kind", KIND, kinds, self._kind_codes[a] * width + self._kind_codes[b], width * width),
            Comparison("actors", ACTORS, actors, self._actor_codes[a] * width + self._actor_codes[b], width * width),
            self._plain("killed", KILLED, self._killed_levels(a, b)),
            self._plain("sources", SOURCES, self._source_levels(a, b)),
            self._plain("wording", WORDING, self._wording(a, b)),
        )

    @staticmethod
    def _plain(name: str, words: tuple[str, ...], levels: Rows) -> Comparison:
        return Comparison(name, words, levels, levels, len(words))

    def _where(self, a: Rows, b: Rows) -> Rows:
        reach_m = self.radius_m[a] + self.radius_m[b] + SLACK_M
        apart_m = self.distance_m(a, b)
        reach = np.searchsorted(np.array(_REACHES_M), reach_m)
        near = np.searchsorted(np.array(_NEAR_M), apart_m)
        share = np.where(
            apart_m <= _SAME_POINT_M, 0, 1 + np.searchsorted(np.array(_SHARES), apart_m / np.maximum(reach_m, 1.0))
        )
        levels = np.where(reach < 2, reach * 7 + near, 14 + (reach - 2) * 4 + share)
        return np.asarray(np.where(self.placed[a] & self.placed[b], levels, len(WHERE) - 1), dtype=np.int64)

    def _when(self, a: Rows, b: Rows) -> Rows:
        gap = self.gap_days(a, b)
        days = self.last_day - self.first_day + 1
        longest = np.maximum(days[a], days[b])
        same = (self.first_day[a] == self.first_day[b]) & (self.last_day[a] == self.last_day[b])
        overlap = np.where(longest <= 1, 0, np.where(same, 1, np.where(longest <= 7, 2, 3)))
        return np.asarray(np.where(gap == 0, overlap, np.where(gap == 1, 4, np.where(gap <= 3, 5, 6))), dtype=np.int64)

    @staticmethod
    def _by_cosine(sets: TokenSets, a: Rows, b: Rows, steps: tuple[float, ...], missing: int) -> Rows:
        """Level 0 from the highest step on, and so on; ``missing`` where one of the two has no word."""
        levels = len(steps) - np.searchsorted(np.array(steps[::-1]), sets.cosine(a, b), side="right")
        return np.asarray(np.where(sets.filled[a] & sets.filled[b], levels, missing), dtype=np.int64)

    def _named(self, a: Rows, b: Rows) -> Rows:
        return self._by_cosine(self.place_words, a, b, (0.8, 0.3), 3)

    def _actor_levels(self, a: Rows, b: Rows) -> Rows:
        return self._by_cosine(self.actor_words, a, b, (0.7, 0.3, 1e-9), 4)

    def _wording(self, a: Rows, b: Rows) -> Rows:
        return self._by_cosine(self.title_words, a, b, (0.7, 0.5, 0.35, 0.2, 0.1), 6)

    def _source_levels(self, a: Rows, b: Rows) -> Rows:
        outlets = self._by_cosine(self.outlets, a, b, (0.6, 1e-9), 3) + 1
        said = self.addresses.filled[a] & self.addresses.filled[b]
        outlets = np.where(outlets == 4, np.where(said, 3, 4), outlets)
        return np.asarray(np.where(self.addresses.shares_any(a, b), 0, outlets), dtype=np.int64)

    def _killed_levels(self, a: Rows, b: Rows) -> Rows:
        low, high = self._killed
        best_a, best_b = self._best[a], self._best[b]
        most, least = np.maximum(best_a, best_b), np.minimum(best_a, best_b)
        same = np.searchsorted(np.array([1.5, 4.5, 9.5]), most)
        overlap = np.maximum(low[a], low[b]) <= np.minimum(high[a], high[b])
        near = (most - least <= 1.0) | (most <= 1.25 * least)
        far = (most > 3.0 * least) & (most - least >= 5.0)
        level = np.where(
            most == least, same,
            np.where(overlap, 4, np.where(near, np.where(most < 5.0, 5, 6), np.where(far, 8, 7))),
        )  # fmt: skip
        return np.asarray(np.where(np.isnan(most), 9, level), dtype=np.int64)

"""The rules of one edition: what ``[publication]`` says, seen from one day.

In: a case and the day that it is published as of. Out: :class:`Rules`, and the citations of its datasets. Refuses: a
dataset whose licence asks for what the case does not say, and an embargo that reaches back over the whole window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contested.base.case import Case, DatasetEntry
from contested.base.errors import PublicationError
from contested.base.publication import Publication
from contested.incidents.presets import Preset, load_preset
from contested.web.strings import TEXT

#: A conflict is taken to go on when the case's window ends less than so many days before publishing.
LIVE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Rules:
    """``[publication]`` of a case, and the days that follow from the day of publishing."""

    publication: Publication
    as_of: date
    newest: date
    """Last day that is not under embargo."""
    live: bool

    def rows(self) -> list[dict[str, str]]:
        """The table ``edition_rules``."""
        said = self.publication
        values: dict[str, object] = {
            "as_of": self.as_of, "embargo_days": said.embargo_days, "newest_day": self.newest,
            "round_m": f"{said.round_m:g}", "round_layers_m": f"{said.round_layers_m:g}",
            "small_cells": said.small_cells, "live": TEXT["yes"] if self.live else TEXT["no"],
            "notes": TEXT["yes"] if said.notes else TEXT["no"],
        }  # fmt: skip
        return [{"rule": name, "value": str(value)} for name, value in values.items()]


def read_rules(case: Case, as_of: date) -> Rules:
    """The rules of an edition.

    Raises
    ------
    PublicationError
        When a licence asks for what ``case.toml`` does not say, or the embargo covers the whole window.
    """
    said = case.file.publication
    window = case.file.window
    newest = as_of - timedelta(days=said.embargo_days)
    if newest < window.first:
        free = window.first + timedelta(days=said.embargo_days)
        raise PublicationError(
            f"{case.folder}: the embargo of {said.embargo_days} days before {as_of} covers the whole window, which "
            f"begins on {window.first}; publish it on {free} or later, or set embargo_days under [publication]"
        )
    check_licences(case)
    live = said.live if said.live is not None else (as_of - window.last).days < LIVE_DAYS
    return Rules(said, as_of, newest, live)


def check_licences(case: Case) -> None:
    """Refuse datasets whose terms ask for the day of access and the filters where the case gives none."""
    for entry in case.file.datasets:
        preset = load_preset(entry.preset, case.folder)
        missing = [key for key in ("accessed", "filters") if preset.cite_access and not getattr(entry, key)]
        if missing:
            raise PublicationError(
                f'{case.folder}/case.toml: the dataset "{entry.name}" ({preset.title}) is used without '
                f"{' and '.join(missing)}; its terms ask for the day of access and the filters beside every result: "
                'add accessed = 2024-01-31 and filters = "..." under its [[datasets]]'
            )


def cite(entry: DatasetEntry, preset: Preset) -> str | None:
    """The citation of a dataset with the day and filters of its download, as far as they are known."""
    words = entry.citation or preset.citation
    more = []
    if entry.accessed:
        more.append(TEXT["cite_accessed"].format(day=entry.accessed.isoformat()))
    if entry.filters:
        more.append(TEXT["cite_filters"].format(filters=entry.filters))
    return " ".join([words or preset.title, *more]) if more else words

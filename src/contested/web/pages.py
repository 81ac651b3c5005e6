"""What each page shows.

In: the printed rows of a case (made into these by the modules named ``*_page``). Out: frozen
dataclasses that a template prints without computing anything. Refuses: nothing.

Every number that comes from data is a :class:`~contested.web.numbers.Number`. Texts of sources are
plain strings: the templates escape them.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from contested.web.marks import Mark
from contested.web.numbers import Number


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around it."""

    language: str
    direction: str
    """``ltr`` or ``rtl``."""
    case_title: str
    purpose: str
    version: str
    menu: tuple[tuple[str, str], ...]
    """(file, label) of each page in the menu."""
    printed: bool = False
    """Whether ``dossier.pdf`` stands beside the pages."""


# --- accounts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a party with the claim that gives it."""

    text: str
    said_on: str | None
    href: str
    checked: bool
    """Whether a person entered or accepted the claim; else it is a machine's reading."""


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """One party's answers to one question."""

    question: str
    latest: tuple[Said, ...]
    earlier: tuple[Said, ...]
    """Answers that differ from the latest, oldest first."""
    earlier_number: Number | None
    unchecked: tuple[Said, ...]
    """Further answers that only a machine has read."""
    unchecked_number: Number | None
    agrees: bool
    """Whether another party's latest answer reads the same."""
    within: Number | None
    """Contradictions among the party's own answers."""
    between: Number | None
    """Contradictions of its answers with those of other parties."""
    strip: Markup | None = None
    """Its answers over time, drawn; ``None`` where there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One party's account: a cell for each question."""

    party: Mark
    cells: tuple[AnswerCell, ...]
    href: str | None = None
    """The page of the party's account."""


@dataclass(frozen=True, slots=True)
class Blame:
    """Who blames whom, and the reply."""

    speaker: Mark
    target: Mark
    modality: str
    first: Said
    number: Number
    replies: tuple[tuple[str, Said], ...]
    """(stance in words, claim) of the blamed party's replies; empty when none was found."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two answers that cannot both hold."""

    anchor: str
    question: str
    party_a: Mark
    a: Said
    party_b: Mark
    b: Said
    rule: str


# --- claims -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """One claim."""

    anchor: str
    speaker: str
    speaker_kind: str | None
    party: Mark
    account_href: str | None
    stance: str
    target: Mark | None
    target_text: str | None
    modality: str | None
    said_on: str | None
    event: str | None
    facts: tuple[tuple[str, str], ...]
    summary: str | None
    passage: tuple[str, ...]
    passage_href: str | None
    document: str
    via: tuple[str, ...]
    basis: str | None
    note: str | None
    second_hand: bool
    checked: bool
    address: str | None
    address_link: str | None
    made_by: str
    score: str | None


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """``claims.html`` and its further pages."""

    file: str
    pages: tuple[tuple[str, str], ...]
    total: Number | None
    withheld: Number | None
    claims: tuple[ClaimBlock, ...]


# --- incidents, records, holdings --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Toll:
    """Lowest and highest number of people, from one source or all."""

    word: str
    low: Number | None
    high: Number | None
    exact: bool
    """Both ends are the same number, printed once as ``low``."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record under its incident."""

    anchor: str
    href: str
    dataset: str
    title: str
    tolls: tuple[Toll, ...]
    attributed_to: str | None
    sources: tuple[str, ...]
    second_hand: bool
    address: str | None
    address_link: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """Share of a place held by one party."""

    party: Mark
    p: Number
    held: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place of one incident, with control and front in each layer."""

    number: int
    name: str
    point: str | None
    radius: Number | None
    layers: tuple[LayerLine, ...]


@dataclass(frozen=True, slots=True)
class LayerLine:
    """What one layer says of one place on the day."""

    layer: str
    layer_date: str | None
    shares: tuple[Share, ...]
    front: Number | None
    side: Mark | None
    changed_on: str | None
    changed_to: Mark | None


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Why records of one incident are linked."""

    records: tuple[tuple[str, str], ...]
    """(address, id) of two records, or of all that a dataset groups."""
    decided: str | None
    """Whose word it is, where it is no probability."""
    probability: Number | None
    reasons: Number | None
    unsure: bool
    """Whether it waits for a person in the queue."""


@dataclass(frozen=True, slots=True)
class PerhapsLine:
    """Another incident that may be the same: an unsure pair of their records."""

    href: str
    number: int
    title: str
    probability: Number
    reasons: Number | None


@dataclass(frozen=True, slots=True)
class IncidentBlock:
    """One incident."""

    anchor: str
    number: int
    title: str
    kind: str
    event: str | None
    days: str
    tolls: tuple[Toll, ...]
    conflicts: tuple[str, ...]
    """What its records say differently, in words."""
    grade: str
    grade_rule: str
    places: tuple[PlaceLine, ...]
    records: tuple[RecordLine, ...]
    also_told: tuple[tuple[str, str], ...]
    """(address, id) of records of other incidents that tell of it too."""
    links: tuple[LinkLine, ...]
    perhaps: tuple[PerhapsLine, ...]
    claims: tuple[LinkLine, ...]
    """Claims that tell of it, or may."""


@dataclass(frozen=True, slots=True)
class VariantLine:
    """The headline counts under one way of linking."""

    anchor: str
    words: str
    counts: tuple[tuple[str, Number], ...]
    """Incidents, those of several datasets, fewest and most killed, each with its word."""


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A place that a record without a point may mean."""

    record: tuple[str, str]
    words: str
    """The place as the record names it."""
    name: str | None
    kind: str | None
    point: str | None
    score: Number | None
    reason: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class MediaLine:
    """Addresses that a record carries beside its own; they are listed, never loaded."""

    record: tuple[str, str]
    addresses: tuple[tuple[str, str | None], ...]
    """(text, address that a browser may follow)."""
    graphic: bool
    """Whether the record says that they may be graphic."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim that blames or answers a blame, with its words."""

    href: str
    words: str
    passage: str
    checked: bool


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """``incidents/<id>.html``: one incident with everything that tells of it."""

    file: str
    incident: IncidentBlock
    event_href: str | None
    """The accounts of its event."""
    sole: bool
    """Whether the event has no other incident, so that the event's checked claims count as told of it."""
    before: tuple[str, str] | None
    """(address, title) of the incident numbered before."""
    after: tuple[str, str] | None
    toll_picture: Picture | None
    blames: tuple[Voice, ...]
    answers: tuple[Voice, ...]
    candidates: tuple[CandidateLine, ...]
    media: tuple[MediaLine, ...]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in a list."""

    anchor: str
    href: str | None
    """Its own page; ``None`` where it has none."""
    number: int
    title: str
    parts: tuple[str, ...]
    """Its days, kind, place, toll, datasets and grade: the cells of its own row."""


@dataclass(frozen=True, slots=True)
class IncidentsPage:
    """``incidents.html`` and its further pages."""

    file: str
    pages: tuple[tuple[str, str], ...]
    total: Number | None
    withheld: Number | None
    withheld_records: Number | None
    lists: tuple[tuple[str, tuple[tuple[str | None, tuple[IncidentLine, ...]], ...]], ...]
    """(heading, groups): those of the case's events, and others. Many of one day stand under it: (days, incidents)."""
    data_file: str
    variants: tuple[VariantLine, ...]
    """Other ways of linking, on the first page; empty where none was tried."""


@dataclass(frozen=True, slots=True)
class RowBlock:
    """One row of a table with all its columns."""

    anchor: str
    title: str
    cells: tuple[tuple[str, str], ...]
    original: str
    original_href: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowsPage:
    """``records.html`` or ``holdings.html``: rows as they stand."""

    file: str
    table: str
    heading: str
    lead: str
    pages: tuple[tuple[str, str], ...]
    total: Number | None
    withheld: Number | None
    rows: tuple[RowBlock, ...]
    """Rows with all their columns."""
    lines: tuple[RowLine, ...]
    """Rows in short, where there are many."""
    data_file: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a long table in short; all its columns stand in the table's file."""

    anchor: str
    href: str
    title: str
    words: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberRows:
    """The rows behind one number, on ``rows.html``."""

    number: Number
    derivation: str
    rows: tuple[tuple[str, str], ...]
    left_off: int
    csv: str


# --- findings, council, sources, figures -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing beside a finding."""

    svg: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class VariedLine:
    """A finding under one other choice."""

    anchor: str
    kind: str
    words: str
    outcome: str
    reason: str | None
    values: tuple[Number | None, ...]
    """Incidents, estimate, ends of the interval, value that says nothing, p."""


@dataclass(frozen=True, slots=True)
class RobustnessBlock:
    """What a finding hangs on."""

    holds: Number
    of: Number
    refused: Number | None
    flips: tuple[tuple[str, str], ...]
    """(address, words) of each choice under which it does not hold."""
    curve: Markup
    lines: tuple[VariedLine, ...]


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test in the table of all."""

    anchor: str
    question: str
    event: str
    layer: str | None
    null: str | None
    n: Number
    result: tuple[Number, ...]
    """Estimate and ends of the interval, as far as there are such."""
    unit: str | None
    p: Number | None
    seed: str | None
    refused: bool
    refusal: Number | None


@dataclass(frozen=True, slots=True)
class FindingBlock:
    """One finding or refusal."""

    anchor: str
    test: str
    question: str
    event: str
    layer: str | None
    refused: bool
    n: Number
    values: tuple[tuple[str, Number], ...]
    unit: str | None
    interval: str | None
    null_model: Number | None
    reporting_term: Number | None
    seed: str | None
    reading: Number
    method: Number
    pictures: tuple[Picture, ...]
    robustness: RobustnessBlock | None
    assumptions: tuple[str, ...]
    details: tuple[tuple[str, Number | str], ...]
    rows: tuple[tuple[str, Number], ...]
    """(role, number of rows) for each role."""
    table: tuple[tuple[str, str, str, str], ...]
    """(role, table, address, words) of the rows, as far as a page holds them."""
    left_off: int
    data_file: str
    """The file of exactly these rows."""


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """``findings.html``."""

    findings: tuple[FindingBlock, ...]
    tests: tuple[TestLine, ...]
    n_tests: Number
    n_refused: Number


@dataclass(frozen=True, slots=True)
class VoteCell:
    """One member's vote on one draft."""

    anchor: str
    vote: str
    veto: bool
    how_known: str
    claim_href: str


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """One draft resolution."""

    anchor: str
    draft: str
    voted_on: str
    body: str
    meeting: str | None
    subject: str
    sponsors: tuple[str, ...]
    outcome: str
    tallies: tuple[tuple[str, Number], ...]
    vetoes: tuple[str, ...]
    address: str
    address_link: str | None


@dataclass(frozen=True, slots=True)
class OriginalLine:
    """One original."""

    anchor: str
    path: str
    kind: str
    sha256: str
    size: Number
    licence: str | None
    citation: str | None
    address: str | None
    address_link: str | None
    document_href: str | None
    publish_rows: bool


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One refused row."""

    anchor: str
    original: str
    original_href: str | None
    row: int
    stage: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """``sources.html``."""

    originals: tuple[OriginalLine, ...]
    withheld: tuple[tuple[str, Number, str], ...]
    """(table, rows, why)."""
    rejects: tuple[RejectLine, ...]
    rejects_number: Number
    notes: tuple[tuple[str, str, str], ...]
    """(anchor, original, note) of each note that a reader left."""
    decisions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    tables: tuple[tuple[str, str, str, Number], ...]
    """(table, its file, meaning, rows)."""
    also: tuple[str, ...]
    """Further files."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One print-ready figure: ``figures/<name>.svg`` and ``.png``."""

    name: str
    title: str
    caption: str
    alt: str
    counts: tuple[tuple[Mark, Number], ...] = ()
    large: bool = True
    shown: str = "svg"
    """Ending of the file that pages show: that of the PNG where the SVG would take seconds to draw."""


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """``figures.html``."""

    figures: tuple[Figure, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class MapPage:
    """``map.html``; the data of the map stand in ``data/map.js``."""

    has_layers: bool
    layers: tuple[tuple[str, str], ...]
    """(layer, citation or licence)."""
    legend: tuple[Mark, ...]
    first_day: str
    n_days: int
    start_day: str
    start_offset: int
    figures: tuple[Figure, ...]
    others: Number | None
    """Incidents that belong to no event of the case, where others do."""
    without_point: Number | None
    scripts: tuple[str, ...]
    """Files of ``static/``, in the order in which they are read."""

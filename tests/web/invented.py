"""An invented case with every kind of row, hostile texts and Arabic names."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from contested.base.case import Case, CaseFile, open_case
from contested.base.records import TABLES
from contested.weighing.rival_accounts import weigh_accounts

HOSTILE = '<script>window.stolen=1</script><img src=x onerror="window.stolen=1">\'"&amp;</script>\u2028{{7*7}}'
TEXT = (
    "Briefing\r\nA medic said the gas came at night. \u0642\u0627\u0644 \u0637\u0628\u064a\u0628.\n"
    f"The ministry denied it: {HOSTILE}\n\n  Two spaces, a tab\tand an end.\r"
)
CASE_TOML = """
format = 1
title = "Invented <b>case</b>"
purpose = "To try the pages."
[window]
from = 2020-03-01
to = 2020-03-12
[region]
name = "Halab"
box = [37.0, 36.1, 37.2, 36.3]
[[parties]]
id = "north"
name = "Northland"
[[parties]]
id = "south"
name = "Southland"
[[parties]]
id = "watch"
name = "The Watch"
[[events]]
id = "gas"
title = "The gas attacks of March"
kind = "chemical"
from = 2020-03-02
to = 2020-03-08
place = "Halab"
summary = "Two attacks were reported. The parties disagree."
[[layers]]
name = "blocks"
path = "layers/blocks.csv"
form = "long"
places = "layers/places.csv"
figure_days = [2020-03-08]
citation = "Invented"
"""
RIVALS_TOML = f"""
[[rivals]]
event = "gas"
reference = "north-did"
[[rivals.accounts]]
id = "north-did"
title = "Northland did it"
parties = ["watch", "south"]
implies = "Places on the ground of the south."
[[rivals.accounts]]
id = "accident"
title = {json.dumps(HOSTILE)}
implies = {json.dumps(HOSTILE)}
prior_odds = [0.1, 0.5]
prior_reason = {json.dumps(HOSTILE)}
[[rivals.accounts]]
id = "south-did"
title = "Southland did it"
parties = ["north"]
implies = "Anything."
[[rivals.groups]]
id = "medics"
title = {json.dumps(HOSTILE)}
class = {json.dumps(HOSTILE)}
[[rivals.groups]]
id = "watch"
title = "The Watch"
class = {json.dumps(HOSTILE)}
verified = true
[[evidence]]
id = "gas"
event = "gas"
title = {json.dumps(HOSTILE)}
group = "medics"
claims = ["C1", "C4"]
originals = ["documents/a.txt", "documents/secret.txt"]
ratios = [
  {{ account = "accident", low = 0.01, high = 0.1, reason = {json.dumps(HOSTILE)} }},
  {{ account = "south-did", low = 0.5, high = 2, reason = "as an example" }},
]
[[evidence]]
id = "area"
event = "gas"
title = "Whose area"
group = "watch"
finding = "whose_area"
result = [0.5, 1.0]
ratios = [
  {{ account = "accident", low = 0.2, high = 0.3, reason = "as an example" }},
  {{ account = "south-did", low = 1.5, high = 40, reason = "as an example" }},
]
[[evidence]]
id = "order"
event = "gas"
title = "What was refused"
group = "watch"
finding = "order"
result = [0.5, 1.0]
ratios = [
  {{ account = "accident", low = 3, high = 3, reason = "as an example" }},
  {{ account = "south-did", low = 3, high = 3, reason = "as an example" }},
]
[[evidence]]
id = "reply"
event = "gas"
title = "No reply"
group = "watch"
absence = "expected_and_absent"
searched = {json.dumps(HOSTILE)}
expected_by = ["accident"]
ratios = [
  {{ account = "accident", low = 0.5, high = 1, reason = "as an example" }},
  {{ account = "south-did", low = 1, high = 1, reason = "as an example" }},
]
[[implications]]
event = "gas"
account = "north-did"
held_by = "south"
place = "SE"
from = 2020-03-03
to = 2020-03-03
reason = {json.dumps(HOSTILE)}
[[implications]]
event = "gas"
account = "south-did"
not_held_by = "south"
place = "SE"
from = 2020-03-03
to = 2020-03-03
reason = "as an example"
"""


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


PLACE_COLUMNS = ("incident_id", "place_no", "record_id", "place_name", "lon", "lat", "radius_m")
DOCUMENT = sha(TEXT)[:12]


def piece(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


def claim(name: str, party: str | None, stance: str, words: str, day: date | None, **more: Any) -> dict[str, Any]:
    row = {
        "claim_id": name,
        "origin": "statement",
        "document_id": DOCUMENT,
        "original_path": "documents/a.txt",
        "original_row": 0,
        "passage": [piece(words)],
        "quoted": True,
        "speaker_text": f"{party} office",
        "speaker_kind": "named",
        "speaker_party": party,
        "via": [],
        "stance": stance,
        "modality": "asserts",
        "said_on": day,
        "event_id": "gas",
        "second_hand": False,
        "made_by": "hand",
        "checked": True,
    }
    return {**row, **more}


def original(path: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"original_path": path, "kind": kind, "sha256": sha(path), "size_bytes": 12345, "publish_rows": True, **more}


def record(name: str, day: date, **more: Any) -> dict[str, Any]:
    row = {
        "record_id": name,
        "dataset": "reports",
        "original_path": "datasets/r.csv",
        "original_row": int(name[-1]),
        "preset": "plain",
        "in_window": True,
        "kind": "gas_attack",
        "date_start": day,
        "date_end": day,
        "sources": ["a medic"],
        "second_hand": False,
        "publish": True,
        "extra": "{}",
    }
    return {**row, **more}


def incident(name: str, title: str, day: date, records: list[str], **more: Any) -> dict[str, Any]:
    row = {
        "incident_id": name,
        "title": title,
        "kind": "gas_attack",
        "event_id": "gas",
        "date_start": day,
        "date_end": day,
        "records": records,
        "datasets": ["reports"],
        "n_places": 1,
        "toll_conflict": False,
        "grade": "B",
        "grade_rule": "two sources",
        "publish": True,
    }
    return {**row, **more}


def link(a: int, b: int, probability: float, **more: Any) -> dict[str, Any]:
    row = {
        "record_a": f"reports:{a}",
        "record_b": f"reports:{b}",
        "probability": probability,
        "gap_days": 0,
        "decided_by": "score",
        "linked": False,
    }
    return {**row, **more}


def variant(number: int, words: str, incidents: int, killed: int) -> dict[str, Any]:
    return {
        "variant_no": number,
        "variant": words,
        "incidents": incidents,
        "of_several_datasets": 1,
        "killed_low": killed,
        "killed_high": 10_000 + killed,
    }


def _claims() -> list[dict[str, Any]]:
    first, later = date(2020, 3, 3), date(2020, 3, 9)
    return [
        claim(
            "C1",
            "watch",
            "blames",
            "A medic said the gas came at night",
            first,
            target_text="Northland",
            target_party="north",
            means="chlorine",
            address="https://example.org/a?b=1&c=2",
            second_hand=True,
        ),
        claim(
            "C2",
            "north",
            "denies",
            "The ministry denied it",
            first,
            target_party="north",
            address="javascript:window.stolen=1",
            summary=HOSTILE,
        ),
        claim("C3", "north", "alternative_explanation", "denied it: <script>", later, mechanism="depot_hit"),
        claim("C8", "north", "declines_to_attribute", "Briefing", later, origin="document", checked=False),
        claim(
            "C4",
            "south",
            "blames",
            "said the gas",
            None,
            target_party="north",
            origin="document",
            made_by="tagger 1",
            score=0.812,
            checked=False,
            speaker_text=None,
            speaker_kind="role",
            via=[piece("Briefing")],
        ),
        claim("C5", "north", "blames", "Two spaces", later, target_party="south", modality="suspects"),
        claim(
            "C6",
            "Elsewhere",
            "reports",
            "\u0642\u0627\u0644 \u0637\u0628\u064a\u0628",
            first,
            event_id=None,
            speaker_text="\u0637\u0628\u064a\u0628",
        ),
        claim(
            "C7",
            "watch",
            "reports",
            "Briefing",
            first,
            original_path="documents/secret.txt",
            speaker_text="withheld-abc123",
            speaker_kind="withheld",
        ),
        *(
            claim(f"V{number}", party, "reports", "Two spaces", later, origin="vote", event_id=None)
            for number, party in enumerate(("north", "south", "watch"))
        ),
    ]


def _answers() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    def answer(party: str, question: str, position: int, words: str, name: str, *, latest: bool) -> dict[str, Any]:
        source = next(row for row in _claims() if row["claim_id"] == name)
        return {
            "event_id": "gas",
            "party": party,
            "question": question,
            "position": position,
            "answer": words,
            "said_on": source["said_on"],
            "latest": latest,
            "claim_id": name,
            "checked": source["checked"],
        }

    accounts = [
        answer("watch", "who", 1, "blames Northland", "C1", latest=True),
        answer("watch", "means", 1, "chlorine", "C1", latest=True),
        answer("south", "who", 1, "blames Northland", "C4", latest=True),
        answer("north", "who", 1, "denies that Northland did it", "C2", latest=False),
        answer("north", "who", 2, "blames Southland (suspects)", "C5", latest=True),
        answer("north", "who", 3, "declines to attribute", "C8", latest=False),
        answer("north", "how", 1, f"depot hit {HOSTILE}", "C3", latest=True),
    ]

    def opposed(name: str, kind: str, a: tuple[str, str, str], b: tuple[str, str, str]) -> dict[str, Any]:
        return {
            "contradiction_id": name,
            "event_id": "gas",
            "question": "who",
            "kind": kind,
            "party_a": a[0],
            "answer_a": a[1],
            "claim_a": a[2],
            "party_b": b[0],
            "answer_b": b[1],
            "claim_b": b[2],
            "rule": "one blames the party that the other says did not do it",
            "checked": "C4" not in (a[2], b[2]),
        }

    north = ("north", "denies that Northland did it", "C2")
    return accounts, [
        opposed("K1", "between", ("watch", "blames Northland", "C1"), north),
        opposed("K3", "between", north, ("south", "blames Northland", "C4")),
        opposed("K2", "within", north, ("north", "blames Southland (suspects)", "C5")),
    ]


def _incidents() -> dict[str, list[dict[str, Any]]]:
    first, later = date(2020, 3, 2), date(2020, 3, 8)
    places = [
        ("I1", 1, "reports:1", "\u0647\u0646\u0627\u0646\u0648 Hanano", 37.06, 36.22, 400.0),
        ("I1", 2, "reports:2", HOSTILE, 37.14, 36.25, 250.0),
        ("I2", 1, "reports:3", "Sakhur", 37.14, 36.16, 300.0),
        ("I3", 1, "reports:4", "Somewhere", 37.1, 36.2, 25_000.0),
        ("I3", 2, "reports:4", "Somewhere nearer", 37.1, 36.2, 6_000.0),
        ("I2", 2, "reports:3", "No point", None, None, None),
    ]
    return {
        "records": [
            record(
                "reports:1",
                first,
                title="Night attack",
                killed_low=2,
                killed_high=2,
                lon=37.06,
                lat=36.22,
                radius_m=400.0,
                address="https://example.org/r1",
                attributed_to="north helicopters",
                actors=["Northland forces", "Civilians"],
                source_kinds=["medics"],
            ),
            record(
                "reports:2",
                first,
                title=HOSTILE,
                killed_low=3,
                killed_high=5,
                second_hand=True,
                address="data:text/html,<script>1</script>",
            ),
            record("reports:3", later, title="=cmd|' /C calc'!A0", injured_low=25),
            record("reports:4", later, title="Elsewhere", sources=[]),
            record("reports:5", later, title="SECRET RECORD", publish=False),
        ],
        "links": [
            link(1, 2, 0.97, distance_m=120.0, linked=True, reasons=f"partners -1.2; {HOSTILE} +4.7"),
            link(1, 3, 0.43, reasons="a day apart +1.0", review_rank=1),
            link(2, 3, 0.31, reasons="a day apart +0.5", review_rank=3),
            link(1, 4, 0.0, decided_by="decision"),
            link(1, 5, 0.6, reasons="SECRET REASON +2.0", review_rank=2),
        ],
        "sensitivity": [
            variant(0, "as they stand", 3, 7),
            variant(1, "windows × 0.5", 4, 8),
            variant(2, f"without {HOSTILE}", 1, 5),
        ],
        "incidents": [
            incident(
                "I1",
                "Night attack",
                first,
                ["reports:1", "reports:2"],
                killed_low=2,
                killed_high=5,
                toll_conflict=True,
                conflicts=["kind", "toll", "place", "actors"],
                also_records=["reports:4", "reports:5"],
                n_places=2,
            ),
            incident("I2", HOSTILE, later, ["reports:3"], injured_low=25, n_places=2),
            incident("I3", "Elsewhere", later, ["reports:4"], event_id=None),
            incident("I4", "SECRET INCIDENT", later, ["reports:5"], publish=False),
        ],
        "incident_places": [dict(zip(PLACE_COLUMNS, place, strict=True)) for place in places],
        "control": [
            {
                "incident_id": "I1",
                "place_no": 1,
                "layer": "blocks",
                "party": "north",
                "p": 0.25,
                "held": False,
                "layer_date": first,
            },
            {
                "incident_id": "I1",
                "place_no": 1,
                "layer": "blocks",
                "party": "south",
                "p": 0.75,
                "held": True,
                "layer_date": first,
            },
        ],
        "fronts": [
            {
                "incident_id": "I1",
                "place_no": 1,
                "layer": "blocks",
                "front_m": 1234.5,
                "side": "south",
                "changed_on": later,
                "changed_to": "north",
            }
        ],
    }


def _holdings() -> list[dict[str, Any]]:
    """Four blocks; two pass from south to north."""
    boxes = {
        "SW": (37.0, 36.1, 37.1, 36.2),
        "SE": (37.1, 36.1, 37.2, 36.2),
        "NW": (37.0, 36.2, 37.1, 36.3),
        "NE": (37.1, 36.2, 37.2, 36.3),
    }
    spans = [
        ("SW", "north", 1, 12),
        ("NW", "south", 1, 4),
        ("NW", "contested", 5, 6),
        ("NW", "north", 7, 12),
        ("NE", "south", 1, 12),
        ("SE", "south", 1, 8),
        ("SE", "north", 9, 12),
    ]
    return [
        {
            "layer": "blocks",
            "holding_no": number,
            "place": place,
            "holder": holder,
            "valid_from": date(2020, 3, first),
            "valid_to": date(2020, 3, last),
            "geometry": shapely.to_wkb(shapely.box(*boxes[place])),
            "original_path": "layers/blocks.csv",
            "original_row": number,
            "made_by": "voronoi",
        }
        for number, (place, holder, first, last) in enumerate(spans, start=1)
    ]


def _findings() -> dict[str, list[dict[str, Any]]]:
    shared = {"event_id": "gas", "layer": "blocks", "method": "Counting.", "assumptions": ["The map is right."]}
    return {
        "findings": [
            {
                "finding_id": "F1",
                "test": "whose_area",
                "question": "In whose area did they lie?",
                "n": 2,
                "estimate": 0.75,
                "low": 0.3,
                "high": 0.96,
                "bound_low": 0.5,
                "bound_high": 1.0,
                "unit": "share of incidents",
                "interval": "90 % Wilson",
                "p_value": 0.0142857,
                "null_model": "random labels",
                "reporting_term": "If nobody could report from the north, this says nothing.",
                "refused": False,
                "reading": f"Most lay in the south. {HOSTILE}",
                "details": json.dumps({"inside": 2, "by": {"a/b": 1, "c": 3}}),
                **shared,
            },
            {
                "finding_id": "F2",
                "test": "order",
                "question": "Did attacks come before the loss?",
                "n": 2,
                "refused": True,
                "reading": "Two incidents are too few.",
                "details": "{}",
                **shared,
            },
        ],
        "finding_rows": [
            {"finding_id": "F1", "table": "incidents", "row_key": name, "role": "used"} for name in ("I1", "I2")
        ]
        + [{"finding_id": "F1", "table": "incidents", "row_key": "I4", "role": "used"}],
    }


def make_tables() -> dict[str, pa.Table]:
    """All tables of the invented case."""
    accounts, contradictions = _answers()
    votes = [
        {
            "draft": "S/2020/1",
            "member": member,
            "party": party,
            "body": "Council",
            "voted_on": date(2020, 6, 9),
            "subject": HOSTILE,
            "sponsors": ["South"],
            "vote": vote,
            "veto": vote == "no",
            "outcome": "vetoed",
            "how_known": "read",
            "address": "https://example.org/v",
            "original_path": "votes/v.csv",
            "original_row": number,
            "claim_id": f"V{number - 1}",
        }
        for number, (member, party, vote) in enumerate(
            [("North", "north", "no"), ("South", "south", "yes"), ("Watchland", "watch", "abstain")], start=1
        )
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "originals": [
            original("documents/a.txt", "document", licence="CC0", address="https://example.org/a"),
            original("documents/secret.txt", "document", publish_rows=False),
            original("datasets/r.csv", "dataset", citation=HOSTILE),
            original("layers/blocks.csv", "layer"),
            original("votes/v.csv", "votes"),
        ],
        "documents": [
            {
                "document_id": DOCUMENT,
                "path": "documents/a.txt",
                "sha256": sha("a"),
                "media_type": "text/plain",
                "title": HOSTILE,
                "published": date(2020, 3, 9),
                "published_from": "case",
                "text": TEXT,
                "text_sha256": sha(TEXT),
                "reader": "text 1",
            },
            {
                "document_id": "secret000000",
                "path": "documents/secret.txt",
                "sha256": sha("s"),
                "media_type": "text/plain",
                "text": "SECRET DOCUMENT",
                "text_sha256": sha("s"),
                "reader": "text 1",
            },
        ],
        "claims": _claims(),
        "votes": votes,
        "accounts": accounts,
        "contradictions": contradictions,
        "holdings": _holdings(),
        **_incidents(),
        **_findings(),
        "rejects": [
            {
                "original_path": "datasets/r.csv",
                "original_row": 9,
                "stage": "incidents",
                "reason": f"latitude 95.2 is outside [-90, 90] degrees {HOSTILE}",
                "raw": '{"a": "<b>"}',
            }
        ],
        "notes": [{"original_path": "datasets/r.csv", "stage": "incidents", "note": HOSTILE}],
        "decisions": [
            {
                "number": 1,
                "decided_at": "2020-04-01T00:00:00Z",
                "decided_by": "R",
                "action": "accept",
                "table": "claims",
                "row_key": "C1",
                "change": "{}",
                "reason": HOSTILE,
                "sha256": "0" * 64,
            }
        ],
    }
    tables = {name: table.from_rows(rows.get(name, ())) for name, table in TABLES.items()}
    file = CaseFile.model_validate(tomllib.loads(CASE_TOML + RIVALS_TOML))
    return tables | weigh_accounts(Case(Path(), file, Path()), tables)


def make_case(folder: Path) -> Case:
    """The folder of the invented case."""
    (folder / "layers").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE_TOML + RIVALS_TOML, encoding="utf-8")
    (folder / "layers/blocks.csv").write_text("date,place,holder\n2020-03-01,SW,north\n", encoding="utf-8")
    (folder / "layers/places.csv").write_text(
        "place,name,name_ar,lon,lat\nSW,Old Town,\u0627\u0644\u0645\u062f\u064a\u0646\u0629,37.05,36.15\n"
        f'NE,"{HOSTILE.replace(chr(34), "")}",\u0647\u0646\u0627\u0646\u0648,37.15,36.25\n',
        encoding="utf-8",
    )
    return open_case(folder)

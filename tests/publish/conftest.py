"""A case with a word of its own in every private field, built and published once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from contested.base.case import Case, open_case
from contested.base.decisions import append_decision
from contested.base.records import row_id
from contested.new import make_case
from contested.publish.publishing import Publishing, publish_case

AS_OF = date(2021, 4, 5)
SALT = "5a71" * 16
SPEAKER = "Zqspeaker Quillon"
#: Words and numbers that stand in private fields alone: none may leave the house.
CANARIES = (
    "zqcomment", SALT, "zqspeaker", "zqcode12", "zqquote", "zqbasis", "zqaddress", "zqvia", "zqnote", "zqwholerow",
    "zqrestricted", "zqconfidential", "zqlate", "10.12345", "50.04321", "10.13379", "50.04777", "10.11234", "50.05239",
    "10.14141", "zqextra", "zqreject", "zqreviewer", "zqreason", "zqfilename", "zqoutside", "zqsecret", "zqgtd",
    "20210312999", "zqholder", "zqheld",
)  # fmt: skip
#: What is public and must be found, so that the search can be trusted.
PUBLIC = ("zqpublicquote", "zqpublictitle", "zqpublicsummary")

_TOML = f"""
[[events]]
id = "late"
title = "Zqlateevent"
kind = "shelling"
from = 2021-03-30
to = 2021-03-30
place = "Lower Harrow"

[[documents]]
path = "documents/zqsecret.txt"
publish_rows = false

[[documents]]
path = "documents/zqheld.txt"
sensitivity = "restricted"

[[datasets]]
name = "gtd"
path = "datasets/zqgtd.csv"
preset = "gtd"
event = "market"

[publication]
restricted = ["monitors:3"]
confidential = ["monitors:4"]
withhold_speakers = ["{SPEAKER}"]
live = false
"""
_INCIDENTS = """id,date,place,lon,lat,killed_low,killed_high,sources,address,title,remark
1,2021-03-10,Market square,10.112347,50.052391,4,4,Harrow Monitors,https://example.org/monitors,Zqpublictitle,zqextra
2,2021-03-19,Mill road,10.131,50.048,0,1,Harrow Monitors,https://example.org/monitors,Mill road,
3,2021-03-11,Zqrestrictedplace,10.12345,50.04321,1,1,Zqrestrictedsource,https://example.org/zqrestricted,Zqrestrictedtitle,
4,2021-03-12,Zqconfidentialplace,10.13379,50.04777,1,1,Zqconfidentialsource,https://example.org/m,Zqconfidentialtitle,
5,2021-03-30,Zqlateplace,10.14141,50.041,1,1,Zqlatesource,https://example.org/m,Zqlatetitle,
6,no day,Zqrejectplace,10.1,50.0,1,1,Harrow Monitors,https://example.org/m,Zqrejecttitle,
7,2021-03-30,Market square,10.112347,50.052391,1,1,Zqlatesource,https://example.org/m,Zqlatetitle again,
"""
_STATEMENTS = """
S4,market,withheld-zqcode12,withheld,monitors,2021-03-12,reports,asserts,,yes,,shelling,,Lower Harrow,,,,,A medic saw the shells,Zqquote the shells fell from above us,zqbasis,Zqvia Relay,https://example.org/zqaddress,false,zqnote
S5,market,Zqspeaker Quillon,named,monitors,2021-03-12,reports,asserts,,yes,,shelling,,Lower Harrow,,,,,,Zqquote we counted four of them ourselves,,,https://example.org/zqaddress,false,zqnote
S6,market,Harrow Monitors,named,monitors,2021-03-13,reports,asserts,,yes,,shelling,,Lower Harrow,,,,,,,,,https://example.org/monitors,false,zqwholerow
S7,late,Harrow Monitors,named,monitors,2021-03-30,reports,asserts,,yes,,shelling,,Lower Harrow,,,,,Zqlateclaim,,,,https://example.org/monitors,false,
S8,market,Harrow Monitors,named,monitors,2021-03-13,reports,asserts,,yes,,shelling,,Lower Harrow,,,,,Zqpublicsummary,Zqpublicquote it came at nine,,,https://example.org/monitors,false,zqnote
"""  # noqa: E501 - a row is a line
_INTERVIEW = """Zqoutside: notes of an interview.

Harrow Monitors said that the zqpublicquote shells fell at nine in the market square.

“Zqquote we counted four of them ourselves,” Zqspeaker Quillon told reporters on Thursday.
"""


@dataclass(frozen=True)
class PublishedCase:
    """The case, its first list, and its publishing."""

    case: Case
    listed: Publishing
    done: Publishing

    def open(self) -> Case:
        """The case opened anew."""
        return open_case(self.case.folder)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedCase:
    folder = tmp_path_factory.mktemp("publish") / "case"
    make_case(folder)
    _plant(folder)
    case = open_case(folder)
    listed = publish_case(case, AS_OF)
    assert listed.folder is None and not case.published.exists()
    return PublishedCase(case, listed, publish_case(case, AS_OF, listed.changes.digest))


def _plant(folder: Path) -> None:
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    toml = toml.replace('id = "id"\n', 'id = "id"\ntitle = "title"\n')
    (folder / "case.toml").write_text(f"# Zqcomment\n{toml}{_TOML}", encoding="utf-8")
    (folder / "publication.salt").write_text(f"{SALT}\n", encoding="utf-8")
    (folder / "datasets/incidents.csv").write_text(_INCIDENTS, encoding="utf-8")
    statements = folder / "statements/statements.csv"
    statements.write_text(statements.read_text(encoding="utf-8").rstrip() + _STATEMENTS, encoding="utf-8")
    documents = folder / "documents"
    (documents / "zqfilename-interview.txt").write_text(_INTERVIEW, encoding="utf-8")
    said = "Harrow Monitors said that {} shells fell on the market square on Thursday, 11 March 2021.\n"
    (documents / "zqsecret.txt").write_text(said.format("zqsecret"), encoding="utf-8")
    (documents / "zqheld.txt").write_text(said.format("zqheld"), encoding="utf-8")
    status = folder / "layers/status.csv"
    (folder / "layers/zqholder.csv").write_text(status.read_text(encoding="utf-8"), encoding="utf-8")
    _plant_gtd(folder / "datasets/zqgtd.csv")
    append_decision(folder / "decisions.jsonl", {
        "decided_at": "2021-04-01T12:34:56Z", "decided_by": "Zqreviewer", "action": "accept", "table": "claims",
        "row_key": row_id("statement", "statements/statements.csv", "S2"), "change": "{}", "reason": "zqreason",
    })  # fmt: skip


def _plant_gtd(path: Path) -> None:
    """One row of the GTD at the market, and one of its own."""
    header = (Path(__file__).parents[1] / "fixtures/datasets/gtd.csv").read_text(encoding="utf-8").split("\n", 1)[0]
    names = header.strip().split(",")
    rows = []
    for number, day in ((1, 10), (2, 14)):
        cells = {
            "eventid": f"20210312999{number}", "iyear": "2021", "imonth": "3", "iday": str(day),
            "latitude": "50.0524", "longitude": "10.1123", "specificity": "1", "vicinity": "0", "city": "Zqgtdcity",
            "summary": "Zqgtdsummary", "attacktype1_txt": "Bombing/Explosion", "gname": "Zqgtdgroup", "claimed": "1",
            "claimmode_txt": "Zqgtdmode", "nkill": "4", "scite1": "Zqgtdsource",
        }  # fmt: skip
        rows.append(",".join(cells.get(name, "") for name in names))
    path.write_text("\n".join([",".join(names), *rows, ""]), encoding="utf-8")


@pytest.fixture
def copied(published: PublishedCase, tmp_path: Path) -> Case:
    """A copy of the published case, to be damaged at will."""
    return open_case(shutil.copytree(published.case.folder, tmp_path / "copied"))

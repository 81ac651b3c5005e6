"""Every fault of stated accounts is shown with its line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from contested.base.case import open_case
from contested.base.errors import CaseError

STATED = """
[[rivals]]
event = "market"
reference = "rebels-did"
[[rivals.accounts]]
id = "rebels-did"
title = "The Upland Front shelled it"
parties = ["government"]
implies = "shells from the hills"
[[rivals.accounts]]
id = "government-did"
title = "The government shelled it"
implies = "shells from the plain"
[[rivals.groups]]
id = "monitors"
title = "Harrow Monitors"
class = "one walk"

[[evidence]]
id = "direction"
event = "market"
title = "The marks point to the hills"
group = "monitors"
claims = ["S1"]
[[evidence.ratios]]
account = "government-did"
low = 0.2
high = 0.9
reason = "marks of the other direction would be less usual"

[[evidence]]
id = "witness"
event = "market"
title = "Nobody saw the guns"
group = "monitors"
absence = "looked_for_and_absent"
searched = "two days, in the four villages around"
[[evidence.ratios]]
account = "government-did"
low = 0.5
high = 2
reason = "guns can be hidden on both sides"

[[implications]]
event = "market"
account = "rebels-did"
held_by = "rebels"
place = "the hill"
lon = 10.1
lat = 50.05
radius_m = 50
from = 2021-03-10
to = 2021-03-10
reason = "the guns stood there"

[[implications]]
event = "market"
account = "rebels-did"
not_held_by = "government"
place = "the hill"
lon = 10.1
lat = 50.05
radius_m = 50
from = 2021-03-09
to = 2021-03-11
reason = "as said"
"""
AGAIN = """reason = "first"
[[evidence.ratios]]
account = "government-did"
low = 1
high = 1
"""


@pytest.fixture
def stated(case_folder: Path) -> Path:
    """The case of the template with rival accounts of its own in the place of those that it comes with."""
    path = case_folder / "case.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("[[rivals]]")[0] + STATED, encoding="utf-8")
    return case_folder


def _change(folder: Path, old: str, new: str) -> None:
    """The first place of the stated accounts, not of what stands before them, is changed."""
    path = folder / "case.toml"
    head, mark, rest = path.read_text(encoding="utf-8").partition("[[rivals]]")
    assert old in rest
    path.write_text(head + mark + rest.replace(old, new, 1), encoding="utf-8")


def _faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CaseError) as caught:
        open_case(folder)
    return caught.value.faults


def test_stated_accounts_are_read(stated: Path) -> None:
    file = open_case(stated).file
    assert file.rivals[0].scale == "enfsi-2015" and not file.rivals[0].groups[0].verified
    assert file.evidence[1].absence == "looked_for_and_absent"
    assert file.implications[0].first.isoformat() == "2021-03-10"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('reason = "marks of the other direction would be less usual"', "", "[[evidence.ratios]]", "reason is missing"),
        ('reason = "marks of the other direction would be less usual"', 'reason = " "', "reason = ", "at least 1"),
        ("low = 0.2", "low = 2.0", "[[evidence.ratios]]", "runs from 2 to 0.9; the lower end comes first"),
        ("low = 0.2", "low = 0.0", "low = ", "greater than or equal to 0.000001"),
        ("low = 0.2", "low = -1", "low = ", "greater than or equal to 0.000001"),
        ("high = 0.9", "high = inf", "high = ", "finite"),
        ("low = 0.2", "low = nan", "low = ", "finite"),
        (
            'account = "government-did"\nlow = 0.2',
            'account = "goverment-did"\nlow = 0.2',
            "account = ",
            'did you mean "government-did"',
        ),
        (
            'account = "government-did"\nlow = 0.2',
            'account = "rebels-did"\nlow = 0.2',
            "[[evidence.ratios]]",
            "is the reference",
        ),
        ('group = "monitors"', 'group = "monitor"', "group = ", 'did you mean "monitors"'),
        ('id = "witness"', 'id = "direction"', "[[evidence]]", "declared twice"),
        ('claims = ["S1"]', "", "[[evidence]]", "rests on nothing"),
        ('claims = ["S1"]', 'finding = "area_shares"', "[[evidence]]", "go together"),
        ('claims = ["S1"]', 'absence = "not_looked_for"', "[[evidence.ratios]]", "its ratio is 1 to 1, not 0.2 to 0.9"),
        ('claims = ["S1"]', 'absence = "looked_for_and_absent"', "[[evidence]]", "needs searched"),
        ('claims = ["S1"]', 'absence = "expected_and_absent"\nsearched = "x"', "[[evidence]]", "needs expected_by"),
        (
            'claims = ["S1"]',
            'absence = "expected_and_absent"\nsearched = "x"\nexpected_by = ["rebels-did"]',
            "[[evidence.ratios]]",
            "low must be at least 1",
        ),
        (
            'absence = "looked_for_and_absent"',
            'absence = "expected_and_absent"\nexpected_by = ["government-did"]',
            "[[evidence.ratios]]",
            "high must be at most 1",
        ),
        (
            "low = 0.5\nhigh = 2",
            f"low = 0.5\nhigh = 2\n{AGAIN}",
            "[[evidence.ratios]]",
            'evidence "witness" of group "monitors"',
        ),
        ('reference = "rebels-did"', 'reference = "rebel-did"', "reference = ", 'did you mean "rebels-did"'),
        ('reference = "rebels-did"', 'reference = "rebels-did"\nscale = "enfsi"', "scale = ", "verbal scale"),
        (
            'reference = "rebels-did"',
            'reference = "rebels-did"\ndiscount = 1.5',
            "discount = ",
            "less than or equal to 1",
        ),
        (
            'implies = "shells from the plain"',
            'implies = "shells"\nprior_odds = [0.1, 0.2]',
            "[[rivals.accounts]]",
            "without a reason",
        ),
        (
            'implies = "shells from the hills"',
            'implies = "shells"\nprior_odds = [1, 1]\nprior_reason = "x"',
            "prior_odds = ",
            "odds of 1 against itself",
        ),
        ('parties = ["government"]', 'parties = ["goverment"]', "parties = ", 'did you mean "government"'),
        ('event = "market"\nreference', 'event = "markett"\nreference', "event = ", 'did you mean "market"'),
        ('id = "government-did"', 'id = "rebels-did"', "[[rivals.accounts]]", "declared twice"),
        ('held_by = "rebels"', 'held_by = "rebel"', "held_by = ", 'did you mean "rebels"'),
        ('held_by = "rebels"', "", "[[implications]]", "one of held_by and not_held_by"),
        (
            'not_held_by = "government"',
            'held_by = "government"',
            "[[implications]]",
            'by "rebels" and by "government" on one day',
        ),
        ('not_held_by = "government"', 'not_held_by = "rebels"', "[[implications]]", "excludes it on one day"),
        ("lon = 10.1\n", "", "[[implications]]", "go together"),
        ("from = 2021-03-10", "from = 2021-03-12", "[[implications]]", "before its start"),
    ],
)
def test_one_fault_is_named_with_its_line(stated: Path, old: str, new: str, line: str, words: str) -> None:
    _change(stated, old, new)
    faults = _faults(stated)
    assert any(words in fault for fault in faults), faults
    text = (stated / "case.toml").read_text(encoding="utf-8").splitlines()
    number = int(next(fault for fault in faults if words in fault).split(":")[0].removeprefix("line "))
    assert text[number - 1].startswith(line), (number, text[number - 1])


@pytest.mark.parametrize("page", ["odds", "implications"])
def test_the_example_of_the_page_is_accepted(case_folder: Path, page: str) -> None:
    text = (Path(__file__).parents[2] / f"docs/methods/{page}.md").read_text(encoding="utf-8")
    block = text.split("```toml\n")[1].split("```")[0]
    path = case_folder / "case.toml"
    mark = block.split()[0]
    head, _, rest = path.read_text(encoding="utf-8").partition(mark)
    path.write_text(head + block if mark == "[[rivals]]" else f"{head}{mark}{rest}\n{block}", encoding="utf-8")
    assert open_case(case_folder).file.rivals


def test_all_faults_are_gathered(stated: Path) -> None:
    _change(stated, 'group = "monitors"', 'group = "monitor"')
    _change(stated, 'account = "government-did"\nlow = 0.5', 'account = "nobody"\nlow = 0.5')
    _change(stated, 'not_held_by = "government"', 'not_held_by = "rebels"')
    faults = _faults(stated)
    # The item whose account is not known has none for the other account either.
    assert len(faults) == 4 and any('no ratio for "government-did"' in fault for fault in faults)


def test_an_event_without_rival_accounts_has_no_evidence(stated: Path) -> None:
    path = stated / "case.toml"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("[[rivals]]")
    path.write_text(head + rest[rest.index("[[evidence]]") :], encoding="utf-8")
    faults = _faults(stated)
    assert len(faults) == 4 and all("no known event with [[rivals]]" in fault for fault in faults)


def test_needs_on_other_days_or_places_exclude_nothing(stated: Path) -> None:
    _change(stated, 'not_held_by = "government"', 'held_by = "government"')
    _change(stated, "from = 2021-03-09\nto = 2021-03-11", "from = 2021-03-11\nto = 2021-03-12")
    open_case(stated)
    _change(stated, "from = 2021-03-11", "from = 2021-03-10")
    assert len(_faults(stated)) == 1
    _change(stated, 'place = "the hill"\nlon = 10.1\nlat = 50.05', 'place = "the plain"\nlon = 10.0\nlat = 50.05')
    open_case(stated)

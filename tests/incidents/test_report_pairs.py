"""Which headlines tell of one event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contested.incidents.report_pairs import pair_reports

DAY = date(2016, 11, 20)
TOWNS = ("Sarmin", "Mirrow", "Halfaya", "Qastun", "Zardana", "Binnish", "Tamanah", "Ariha", "Morek", "Latmin")


def report(report_id: str, day: date, headline: str, outlet: str = "Wire") -> dict[str, Any]:
    """A report as the function takes it."""
    return {"report_id": report_id, "outlet": outlet, "day": day, "headline": headline}


def war(weeks: int = 20) -> list[dict[str, Any]]:
    """A town a day, told of by two outlets in words of their own."""
    rows = []
    for number in range(weeks * 7):
        day, town = DAY + timedelta(days=number), TOWNS[number * 7 % len(TOWNS)]
        rows.append(report(f"{number}a", day, f"Air raid on {town} kills {number % 9}"))
        rows.append(report(f"{number}b", day, f"{number % 9} dead as {town} is bombed", "Radio"))
    return rows


def test_reports_of_one_town_and_day_are_paired_and_others_are_not() -> None:
    found = set(pair_reports(war()))
    true = {(f"{number}a", f"{number}b") for number in range(140)}
    assert len(found & true) >= 0.9 * len(true)
    assert len(found & true) >= 0.9 * len(found)


def test_without_a_word_in_common_there_is_no_pair() -> None:
    assert pair_reports([report("1", DAY, "Raid on Sarmin"), report("2", DAY, "Talks in Geneva")]) == []
    assert pair_reports([]) == []

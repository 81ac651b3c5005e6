"""What axe-core finds wrong with an open page: nothing may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "web/vendor/axe.min.js"
#: WCAG 2.2 A and AA, and what axe holds for good practice.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def load_axe(page: Any) -> None:
    """Bring axe into the page, whose policy keeps out scripts of any other origin unless they are evaluated."""
    page.evaluate(AXE.read_text(encoding="utf-8"))


def axe_faults(page: Any, only: Sequence[str] | Mapping[str, Any] = RULES) -> list[tuple[str, list[str]]]:
    """(rule, first places) of each fault on a page into which axe was brought."""
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, preload: false, resultTypes: ['violations']})", only
    )
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]

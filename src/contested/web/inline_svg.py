"""Drawings of the pages as files of their own, for print.

In: an inline SVG that the style sheets of the dossier style, and those style sheets. Out: the same SVG with the rules
that bear on it inside, in the colours of paper. Refuses: nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files as package_files

#: The one font of drawings in print, in the place of the reader's own.
FONT = '"DejaVu Sans"'

_RULE = re.compile(r"^(\.[^{}@]+?)\s*\{([^{}]*)\}", re.MULTILINE)
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*((?:[^()]|\([^()]*\))*))?\)")
_FONT = re.compile(r"font:\s*(?:(\d+)\s+)?([\d.]+px)[^;]*")
_PARTY = re.compile(r"\.([\w-]+)\{--mark:(#\w+)\}")


@cache
def _sheet() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Colours of the light theme by name, and the rules outside any condition: (selectors, declarations)."""
    text = (package_files("contested.web") / "static" / "dossier.css").read_text(encoding="utf-8")
    root = re.search(r":root\s*\{([^}]*)\}", text)
    assert root is not None  # the sheet begins with it
    colours = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", root[1]))
    return {**colours, "--paper": "#fff", "--ink": "#000"}, tuple(_RULE.findall(text))


def standalone_svg(svg: str, parties: str) -> str:
    """The drawing with its rules inside; ``parties`` is the style sheet with the colours of the parties."""
    colours, rules = _sheet()
    found = re.match(r'<svg class="([\w-]+)"', svg)
    root = f".{found[1]}" if found else "svg"

    def colour(name: re.Match[str]) -> str:
        return colours.get(name[1]) or _VARIABLE.sub(colour, name[2] or "none")

    lines = [f"svg{{font-family:{FONT}}}"]
    for selectors, declared in rules:
        if root not in selectors.replace(",", " ").split():
            continue
        body = _FONT.sub(lambda one: f"font-size:{one[2]};font-weight:{one[1] or 'normal'}", declared)
        lines.append(f"{selectors}{{{_VARIABLE.sub(colour, body)}}}")
        if "var(--mark" in body:
            lines += [f"{root} .{name}{{fill:{fill}}}" for name, fill in _PARTY.findall(parties)]
    style = f"<style>{''.join(lines)}</style>"
    return re.sub(r"^<svg([^>]*)>", rf'<svg xmlns="http://www.w3.org/2000/svg"\1>{style}', svg, count=1)

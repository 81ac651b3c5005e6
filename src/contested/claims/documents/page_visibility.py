"""What a browser would not show goes out of a page's tree; what it would add comes in.

In: the tree of a page, which is changed. Out: nothing. Refuses: nothing.

Hidden text is how a page says one thing to people and another to programs. What goes: the attribute
``hidden``, ``display: none``, ``visibility: hidden`` and ``font-size: 0`` on the element or in a ``<style>`` of
the page that names a class, an id or a tag. What cannot be seen from the file stays: rules of style sheets
elsewhere, white letters on white, text under a picture.
"""

from __future__ import annotations

import re
from typing import Any

_HIDING = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9]))", re.I
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SIMPLE = re.compile(r"([a-z][\w-]*)?((?:[.#][\w-]+)*)", re.I)
#: Never taken out whole: pages hide them until a script has run.
_KEPT_TAGS = frozenset({"html", "head", "body", "main"})
#: Selectors read from the styles of one page; each costs one look at every element that bears its name.
MAX_SELECTORS = 5000


def remove_hidden(tree: Any) -> None:
    """Take the hidden elements out of the tree; the text that follows them stays."""
    rules = _hiding_selectors(tree)
    for element in [e for e in tree.iter() if isinstance(e.tag, str)]:
        if element.tag in _KEPT_TAGS or element.getparent() is None:
            continue
        style = element.get("style")
        hidden = element.get("hidden")
        if (
            (hidden is not None and hidden.lower() != "until-found")
            or (style is not None and _HIDING.search(style))
            or element.tag == "template"
            or (rules and _is_named(element, rules))
        ):
            element.drop_tree()


def write_out_quotes(tree: Any) -> None:
    """``<q>`` becomes the quotation marks that a browser draws for it, unless they are printed already."""
    for element in list(tree.iter("q")):
        if element.getparent() is None:
            continue
        text = "".join(element.itertext())
        if text.strip()[:1] not in ("“", '"', "«", "„", "‘", "'"):
            element.text = "“" + (element.text or "")
            if len(element):
                element[-1].tail = (element[-1].tail or "") + "”"
            else:
                element.text += "”"
        element.drop_tag()


def _hiding_selectors(tree: Any) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """First name of a selector (``.class``, ``#id`` or tag) → its tag and all its names."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    count = 0
    for element in tree.iter("style"):
        if not _is_for_screen(element.get("media")):
            continue
        for selectors, body in _top_rules(_COMMENT.sub("", element.text or "")):
            if not _HIDING.search(body):
                continue
            for selector in selectors.split(","):
                match = _SIMPLE.fullmatch(selector.strip())
                if match is None or not match[0] or count >= MAX_SELECTORS:
                    continue
                names = re.findall(r"[.#][\w-]+", match[2])
                tag = (match[1] or "").lower()
                found.setdefault(names[0] if names else tag, []).append((tag, frozenset(names)))
                count += 1
    return found


def _is_for_screen(media: str | None) -> bool:
    return media is None or any(word in media.lower() for word in ("all", "screen")) or not media.strip()


def _top_rules(css: str) -> list[tuple[str, str]]:
    """Selector and declarations of each rule outside of ``@`` blocks, in one pass."""
    rules = []
    depth = 0
    head_start = body_start = 0
    in_block = False
    for match in re.finditer(r"[{};]", css):
        mark, place = match[0], match.start()
        if mark == "{":
            if depth == 0:
                in_block = css[head_start:place].lstrip().startswith("@")
                body_start = place + 1
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if not in_block:
                    rules.append((css[head_start : body_start - 1], css[body_start:place]))
                head_start = place + 1
        elif depth == 0:
            head_start = place + 1
    return rules


def _is_named(element: Any, rules: dict[str, list[tuple[str, frozenset[str]]]]) -> bool:
    names = {"." + name for name in (element.get("class") or "").split()}
    if element.get("id"):
        names.add("#" + element.get("id").strip())
    return any(
        (not tag or tag == element.tag) and wanted <= names
        for name in (*names, element.tag)
        for tag, wanted in rules.get(name, ())
    )

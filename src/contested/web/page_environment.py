"""The templates of pages: they escape everything, and fail on a name that is not there.

In: a package with a folder ``templates``. Out: a Jinja environment with the words of the current language as ``t``.
Refuses: nothing.
"""

from __future__ import annotations

import jinja2

from contested.web.strings import TEXT


def page_environment(package: str, *, keep_trailing_newline: bool = False) -> jinja2.Environment:
    """An environment over the templates of a package."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=keep_trailing_newline,
    )  # fmt: skip
    environment.globals["t"] = TEXT
    return environment

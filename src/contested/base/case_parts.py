"""What the parts of ``case.toml`` have in common: strictness, names, degrees.

In: nothing. Out: :data:`STRICT` and checked types. Refuses: nothing by itself.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]

#: How every table of ``case.toml`` is read: unknown keys are refused, and nothing changes once it is read.
STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

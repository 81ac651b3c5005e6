"""Codes in the place of names: stable over rebuilds, and not to be worked out from the name.

In: a name. Out: a code. Refuses: a salt file that is damaged.

A plain hash of a name is no protection: whoever suspects a name can hash it too. The code is therefore keyed with a
random salt, drawn once for a case and kept in ``publication.salt`` beside the tables' folder. The salt is never
published; who has it can test names, and who loses it gets other codes at the next publishing.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from contested.base.case import Case
from contested.base.engine import write_whole
from contested.base.errors import PublicationError

SALT_FILE = "publication.salt"
#: Hex digits of a code: 40 bits, so that two of a thousand names meet once in two million cases.
CODE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one case."""

    salt: str

    def code(self, kind: str, text: str) -> str:
        """``kind-`` and ten hex digits; spelling with other capitals or spaces gives the same code."""
        named = f"{kind}\x1f{' '.join(text.split()).casefold()}"
        return f"{kind}-{hmac.digest(bytes.fromhex(self.salt), named.encode(), 'sha256').hex()[:CODE_DIGITS]}"


def read_codes(case: Case) -> Codes:
    """The codes of a case; its salt is drawn at the first call.

    Raises
    ------
    PublicationError
        When ``publication.salt`` is there but holds no salt.
    """
    path = case.out / SALT_FILE
    if not path.exists():
        write_whole(path, f"{secrets.token_hex(32)}\n".encode())
        path.chmod(0o600)
    salt = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", salt):
        raise PublicationError(
            f"{path}: this is no salt ({len(salt)} characters; 64 hex digits were expected); restore it from a copy, "
            "or remove it: every withheld speaker then gets another code"
        )
    return Codes(salt)

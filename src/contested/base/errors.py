"""The errors of the package, one tree.

In: nothing. Out: exception classes. Refuses: nothing.

::

    ContestedError(Exception)
    ├── CaseError(ContestedError, ValueError)        case.toml or the case folder cannot be used
    ├── SourceError(ContestedError, ValueError)      an original cannot be read
    │   ├── DocumentError                            a page, PDF, Word file, mail or text
    │   ├── DatasetError                             a dataset of incidents, a statements or votes table
    │   └── LayerError                               a layer of control
    ├── RecordError(ContestedError, ValueError)      a table breaks its own declaration
    ├── EngineError(ContestedError, RuntimeError)    a query or a write failed
    ├── ExtractorError(ContestedError, RuntimeError) a claim extractor of the user's cannot be loaded, or failed
    ├── WeighingError(ContestedError, ValueError)    a test was asked for what it cannot do
    ├── PublicationError(ContestedError, ValueError) a case may not be published as it is
    ├── ExportError(ContestedError, ValueError)      a format is not known, or an export would lose rows
    └── VerifyError(ContestedError, ValueError)      the proof of a case cannot be carried out

Every message says which thing, what is wrong with the value shown, what was
expected, where, and what to do. The command line prints it and exits 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ContestedError(Exception):
    """Root of every error that the package raises on purpose."""


class CaseError(ContestedError, ValueError):
    """A ``case.toml`` or a case folder cannot be used.

    ``faults`` holds one line of text per fault, so that a user sees all of them at once.
    """

    def __init__(self, message: str, faults: Iterable[str] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([message, *(f"  {fault}" for fault in self.faults)]))


class SourceError(ContestedError, ValueError):
    """An original cannot be read."""


class DocumentError(SourceError):
    """A page, PDF, Word file, mail or text cannot be read.

    For one item of an archive ``path`` is the archive and ``original_row`` the item's place in it, from 1;
    ``sha256`` is that of the item's bytes, where they could be had.
    """

    def __init__(
        self, message: str, *, path: str | None = None, original_row: int = 0, sha256: str | None = None
    ) -> None:
        self.path = path
        self.original_row = original_row
        self.sha256 = sha256
        super().__init__(message)


class DatasetError(SourceError):
    """A dataset of incidents, a statements table or a votes table cannot be read."""


class LayerError(SourceError):
    """A layer of control cannot be read."""


class RecordError(ContestedError, ValueError):
    """A table breaks its own declaration in :mod:`contested.base.records`."""


class EngineError(ContestedError, RuntimeError):
    """A query or a write failed."""


class ExtractorError(ContestedError, RuntimeError):
    """A claim extractor that the user named cannot be loaded, or failed on a document."""


class WeighingError(ContestedError, ValueError):
    """A test was asked for something that it cannot do."""


class PublicationError(ContestedError, ValueError):
    """A case may not be published as it is."""


class ExportError(ContestedError, ValueError):
    """A format of interchange is not known, or an export would lose, double or invent a row."""


class VerifyError(ContestedError, ValueError):
    """The proof of a case cannot be carried out (not the same as a proof that fails)."""


def nearest_name(wrong: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest known one, else the list of all.

    >>> nearest_name("ucdp-gedd", ["plain", "ucdp-ged"])
    'did you mean "ucdp-ged"?'
    >>> nearest_name("zzz", ["plain", "ucdp-ged"])
    'known: plain, ucdp-ged'
    """
    names = sorted(known)
    close = get_close_matches(wrong, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known: " + (", ".join(names) if names else "none is declared")

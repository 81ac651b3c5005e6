"""Any callable in the place of the tagger.

In: a callable that takes a text and gives claims (a local language model behind a function, another tagger, a
table of readings made by hand), or the name of one. Out: its claims, each checked against the text
(:mod:`contested.claims.given`), and one :class:`RejectedClaim` for each that does not hold. Refuses, with
:class:`~contested.base.errors.ExtractorError`: names that lead to no callable, a callable that raises or gives no
list of claims, and code that only a ``case.toml`` asks for.

Whatever a text says to a model that reads it, no passage comes out that the text does not hold.
``docs/extending/extractors.md`` has the form of a claim and an example.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from contested.base.errors import ExtractorError, nearest_name
from contested.claims.given import ClaimRefused, GivenClaim, attribution_as_mapping, check_claim, show
from contested.claims.linking import Attribution
from contested.claims.read import Document

if TYPE_CHECKING:
    from contested.base.case import Case

#: What a user writes: a text in, claims out, in any order.
Extractor: TypeAlias = Callable[[str], Iterable[Attribution | Mapping[str, Any]]]

#: Group of entry points by which an installed package says that a function of it is an extractor.
ENTRY_POINTS = "contested.extractors"
#: Most claims taken from one document. News has about one in thirty words, so this is many books; a callable
#: that never ends is stopped here.
MAX_CLAIMS = 50_000
#: Characters of a refused claim that are kept.
MAX_RAW_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """One claim of an extractor that was refused, and why."""

    path: str
    reason: str
    raw: str
    """The claim as the extractor gave it, as JSON."""
    row: int = 0
    """Row of the document in its archive; 0 for a file of its own."""

    def as_row(self) -> dict[str, Any]:
        """The row of the ``rejects`` table."""
        return {
            "original_path": self.path, "original_row": self.row, "stage": "claims",
            "reason": self.reason, "raw": self.raw,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedExtractor:
    """A callable with the name that its claims bear."""

    function: Extractor
    made_by: str
    """Name and version."""
    fingerprint: str
    """Changes with the file that holds the callable; keys the cache of a build."""

    def read(self, text: str, shown: str) -> tuple[list[GivenClaim], list[RejectedClaim]]:
        """Claims of the text in the order of their first character, and those that were refused.

        Parameters
        ----------
        text
            The frozen text.
        shown
            Path of the document, for messages.

        Raises
        ------
        ExtractorError
            When the callable raises, gives something else than claims, or gives more than ``MAX_CLAIMS``.
        """
        given: list[GivenClaim] = []
        refused: list[RejectedClaim] = []
        for number, item in enumerate(self._call(text, shown), start=1):
            try:
                given.append(check_claim(text, item))
            except ClaimRefused as fault:
                refused.append(RejectedClaim(shown, f"{shown} claim {number} by {self.made_by}: {fault}", _raw(item)))
        given.sort(key=lambda claim: (claim.first_character(), claim.attribution.content))
        return given, refused

    def _call(self, text: str, shown: str) -> list[Any]:
        items: list[Any] = []
        try:
            result = self.function(text)
            if isinstance(result, (str, bytes, Mapping)) or not isinstance(result, Iterable):
                raise ExtractorError(
                    f"{shown}: {self.made_by} gave {type(result).__name__}, expected a list of claims; "
                    "return a list of attributions or mappings, an empty one when there is none"
                )
            for item in result:
                if len(items) == MAX_CLAIMS:
                    raise ExtractorError(f"{shown}: {self.made_by} gave more than {MAX_CLAIMS:,} claims; mend it")
                items.append(item)
        except ExtractorError:
            raise
        except Exception as fault:
            raise ExtractorError(
                f"{shown}: {self.made_by} failed: {type(fault).__name__}: {fault}; "
                "mend it, or start the service that it asks, and run again"
            ) from fault
        return items


def read_given(
    extractor: NamedExtractor | Extractor, document: Document, refused: list[RejectedClaim] | None
) -> tuple[list[GivenClaim], str]:
    """Checked claims of the document, and who made them; what is refused goes to the list, or is warned of.

    Raises
    ------
    ExtractorError
        As :meth:`NamedExtractor.read` does.
    """
    named = extractor if isinstance(extractor, NamedExtractor) else name_extractor(extractor)
    given, rejected = named.read(document.text, document.shown)
    rejected = [replace(one, path=document.path, row=document.original_row or 0) for one in rejected]
    if refused is not None:
        refused += rejected
    else:
        for one in rejected:
            warnings.warn(one.reason, stacklevel=3)
    return given, named.made_by


def name_extractor(function: Extractor, name: str | None = None) -> NamedExtractor:
    """A callable as an extractor, under its own name or the one given.

    Its version is its attribute ``version``, else its module's ``__version__``, else the first digits of its
    file's SHA-256. What changes its answers without changing its file (a model's weights) belongs into ``version``.

    Raises
    ------
    ExtractorError
        When it cannot be called.
    """
    if not callable(function):
        raise ExtractorError(f"extractor {show(function)} is {type(function).__name__}, expected a callable")
    code: Any = function if hasattr(function, "__qualname__") else type(function)
    module = getattr(code, "__module__", None) or "?"
    name = name or f"{module}:{getattr(code, '__qualname__', '?')}"
    digest = hashlib.sha256(_source_of(code)).hexdigest()
    version = getattr(function, "version", None) or getattr(sys.modules.get(module), "__version__", None) or digest[:8]
    return NamedExtractor(function, f"extractor {name} {version}", f"{name} {version} {digest}")


def load_extractor(named: str) -> NamedExtractor:
    """The extractor that a user names: ``module:function``, or ``path/to/file.py:function``.

    Loading it runs its code, so only what a user has named on the command line or in Python comes here, or what
    an installed package declares.

    Raises
    ------
    ExtractorError
        When there is no such module, file or callable.
    """
    place, _, attribute = named.rpartition(":")
    if not place or not attribute:
        raise ExtractorError(
            f'extractor "{named}": expected module:function or path/to/file.py:function, as in my_reader.py:read'
        )
    try:
        module = _load_file(Path(place), named) if place.endswith(".py") else importlib.import_module(place)
    except ExtractorError:
        raise
    except ModuleNotFoundError as fault:
        raise ExtractorError(
            f'extractor "{named}": there is no module {fault.name}; install the package that holds it, '
            "or give the path of a file: path/to/file.py:function"
        ) from fault
    except Exception as fault:
        raise ExtractorError(f'extractor "{named}": loading it failed: {type(fault).__name__}: {fault}') from fault
    try:
        function: Any = reduce(getattr, attribute.split("."), module)
    except AttributeError:
        known = [name for name, value in vars(module).items() if inspect.isfunction(value) and name[0] != "_"]
        hint = nearest_name(attribute, known)
        raise ExtractorError(f'extractor "{named}": {place} has no {attribute}; {hint}') from None
    return name_extractor(function, f"{Path(place).stem}:{attribute}" if place.endswith(".py") else named)


def case_extractor(case: Case) -> NamedExtractor | None:
    """The extractor of a case: the user's own choice, else what ``case.toml`` names, else ``None`` (the tagger).

    A case folder may come from anyone, and a function named in it is called with texts that lie beside it. So what
    only ``case.toml`` names must be declared by an installed package, among the entry points
    ``contested.extractors``.

    Raises
    ------
    ExtractorError
        When ``case.toml`` names what no installed package declares, or it cannot be loaded.
    """
    if case.extractor is not None:
        return load_extractor(case.extractor) if isinstance(case.extractor, str) else name_extractor(case.extractor)
    named = case.file.reading.extractor
    if named is None:
        return None
    declared = sorted({point.value for point in entry_points(group=ENTRY_POINTS)})
    if named not in declared:
        raise ExtractorError(
            f'{case.folder / "case.toml"}: reading.extractor = "{named}" is declared by no installed package '
            f"({nearest_name(named, declared)}), and a case may not choose what code is run; "
            f"if you know and trust it, name it yourself: --extractor {named}"
        )
    return load_extractor(named)


def _load_file(path: Path, named: str) -> ModuleType:
    try:
        source = path.read_bytes()
    except OSError as fault:
        raise ExtractorError(f'extractor "{named}": {path} cannot be read: {fault.strerror}; check the path') from None
    # A name of its own, by path and content: a file called json.py must not take the place of a module.
    digest = hashlib.sha256(str(path.resolve()).encode() + b"\n" + source).hexdigest()
    name = f"contested_extractor_{digest[:12]}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ExtractorError(f'extractor "{named}": {path} is no Python file')
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _source_of(code: Any) -> bytes:
    """Bytes of the file that defines it, of its own lines where there is no file, nothing where neither is known."""
    try:
        return Path(inspect.getfile(code)).read_bytes()
    except (TypeError, OSError):
        pass
    try:
        return inspect.getsource(code).encode("utf-8", "surrogatepass")
    except (TypeError, OSError):
        return b""


def _raw(item: Any) -> str:
    if isinstance(item, Attribution):
        item = attribution_as_mapping(item)
    try:
        raw = json.dumps(item, default=repr)
    except (TypeError, ValueError, RecursionError):
        raw = json.dumps({"shown": show(item)})
    return raw if len(raw) <= MAX_RAW_CHARACTERS else json.dumps({"cut": raw[:MAX_RAW_CHARACTERS]})

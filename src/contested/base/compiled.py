"""Whether compiled loops serve, and the rows shared by threads.

In: a number of rows. Out: whether compiled code should answer them. Refuses: nothing.

The compiler (numba) belongs to the extra ``fast``. Without it, and for few rows, Shapely (look-ups) or numpy (pairs of
records) answers: the answers are the same, and nobody waits for a compiler that saves a tenth of a second.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

#: From so many rows on an index pays: Shapely answers about 1.5 million a second, compiling anew takes some seconds and
#: loading what was compiled before one. When changed: run benchmarks/look_up.py.
MANY_ROWS = 20_000
#: The same for discs, of which Shapely answers 15,000 a second, 3,000 over windows of days. The answers
#: agree within what docs/methods/disc-shares.md tabulates. When changed: run benchmarks/disc_shares.py.
MANY_DISCS = 10_000


@cache
def has_compiler() -> bool:
    """Whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


def is_worthwhile(rows: int, enough: int | None = None) -> bool:
    """Whether compiled code should answer so many rows, when ``enough`` (else :data:`MANY_ROWS`) pay for it."""
    return rows >= (MANY_ROWS if enough is None else enough) and has_compiler()


def share_rows(work: Callable[[slice], None], parts: Sequence[slice], threads: int) -> None:
    """Do the work on each part of the rows, shared by threads; the work lets go of the interpreter."""
    if threads > 1 and len(parts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, parts))
    else:
        for part in parts:
            work(part)

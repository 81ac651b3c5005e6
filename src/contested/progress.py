"""What a long command is at, on standard error.

In: what the work tells of itself. Out: a bar or a spinner in a terminal, plain lines elsewhere. Refuses: nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from contested.claims.batch import BatchCounts, Tell
    from contested.stages import Progress


@contextmanager
def count_read(files: list[Path], quiet: bool) -> Iterator[Tell]:
    """A bar over the documents on standard error; only what went wrong where that is no terminal."""
    from contested.claims.read import count_documents

    if quiet or not sys.stderr.isatty():
        yield lambda counts, trouble: typer.echo(trouble, err=True) if trouble else None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=count_documents(files))

        def tell(counts: BatchCounts, trouble: str | None) -> None:
            done = counts.read + counts.refused + counts.skipped + counts.repeated
            bar.update(task, completed=done, description=f"{counts.refused:,} refused, {counts.words:,} words")
            if trouble:
                bar.console.print(trouble, markup=False, highlight=False)

        yield tell


@contextmanager
def show_progress(title: str, quiet: bool = False) -> Iterator[Progress]:
    """A spinner with the step at hand on standard error; plain lines where that is no terminal."""
    if quiet:
        yield lambda step, detail: None
        return
    if not sys.stderr.isatty():
        yield lambda step, detail: typer.echo(f"{title}: {step} {detail}", err=True)
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda step, detail: status.update(f"{title}: {step} {detail}")

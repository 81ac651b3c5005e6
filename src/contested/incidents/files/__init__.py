"""Readers of the formats that datasets come in: each gives a :class:`~contested.incidents.batches.RowStream`.

In: a file. Out: its columns, and its rows in batches. Refuses: what is no table of its format (:class:`DatasetError`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from contested.incidents.batches import RowBatch, RowStream
from contested.incidents.files.delimited import open_delimited
from contested.incidents.files.json_rows import JSON_ENDINGS, open_json
from contested.incidents.presets import FileForm

#: Ending → module of this package and its function; loaded only when such a file is met. Any other ending is taken
#: for delimited text, since datasets bear all kinds of them.
_BINARY_FORMATS = {
    ".xlsx": ("workbooks", "open_workbook"),
    ".xlsm": ("workbooks", "open_workbook"),
    ".parquet": ("parquet", "open_parquet"),
    ".kml": ("kml", "open_kml"),
    ".kmz": ("kml", "open_kml"),
}


def open_rows(
    path: Path, form: FileForm | None = None, encoding: str = "utf-8", only: Sequence[str] | None = None
) -> RowStream:
    """Open a file of rows by its ending.

    Parameters
    ----------
    path
        The file.
    form
        How delimited text is written, where the file does not show it.
    encoding
        Encoding of text; UTF-16 and a byte-order mark are recognised.
    only
        Columns of delimited text that are wanted: the others are not made, and rows in which these are empty may be
        left out. Other formats give all.

    Raises
    ------
    DatasetError
        When the file cannot be read as what its ending says.
    """
    form = form or FileForm()
    stream = _open(path, form, encoding, only)
    return replace(stream, batches=map(_without_escapes, stream.batches)) if form.unescape_formulas else stream


def _open(path: Path, form: FileForm, encoding: str, only: Sequence[str] | None) -> RowStream:
    ending = path.suffix.lower()
    if ending in _BINARY_FORMATS:
        module, function = _BINARY_FORMATS[ending]
        open_file: Callable[..., RowStream] = getattr(import_module(f"{__name__}.{module}"), function)
        return open_file(path, form.sheet) if module == "workbooks" else open_file(path)
    if ending in JSON_ENDINGS:
        return open_json(path, encoding)
    return open_delimited(path, form, encoding, only)


def _without_escapes(batch: RowBatch) -> RowBatch:
    """The batch without the apostrophe that keeps a spreadsheet from taking a cell for a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = [pc.replace_substring_regex(column, "^'([=+@-])", r"\1") for column in batch.cells.columns]
    return replace(batch, cells=pa.record_batch(plain, names=batch.cells.schema.names))

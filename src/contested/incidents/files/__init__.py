"""Readers of the formats that datasets come in: each gives a :class:`~contested.incidents.batches.RowStream`.

In: a file. Out: its columns, and its rows in batches. Refuses: what is no table of its format (:class:`DatasetError`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from contested.incidents.batches import RowStream
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
    ending = path.suffix.lower()
    if ending in _BINARY_FORMATS:
        module, function = _BINARY_FORMATS[ending]
        open_file: Callable[[Path], RowStream] = getattr(import_module(f"{__name__}.{module}"), function)
        return open_file(path)
    if ending in JSON_ENDINGS:
        return open_json(path, encoding)
    return open_delimited(path, form or FileForm(), encoding, only)

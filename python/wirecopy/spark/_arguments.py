"""Checks what a job is given, before anything runs: in a worker, a mistake would be a stack trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .. import _fields
from . import _functions as on_workers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def columns_of(df: DataFrame, settings: dict[str, Any]) -> dict[str, str]:
    """Returns the column of a frame that each field is read of."""
    names = _fields.names(settings)
    names.update((name, name) for name in _fields.FIXED)

    def column(name: str) -> str | None:
        if name in df.columns:
            return f"`{name}`"
        # A field of a struct.
        return name if "." in name and name.split(".")[0] in df.columns else None

    if set(_fields.KEPT) <= set(df.columns):
        # Records that `wirecopy keep` wrote have what the form of an item said of it. A column of that name alone is something else.
        names.update((name, name) for name in _fields.KEPT)
    columns = {field: column(name) for field, name in names.items()}
    if columns["text"] is None:
        found = ", ".join(f"`{name}`" for name in df.columns) or "no columns"
        raise ValueError(
            f"no column `{names['text']}`: the frame has {found}; choose the text column with fields={{\"text\": …}}"
        )
    return {field: column for field, column in columns.items() if column is not None}


def check_numbers(**numbers: Any) -> None:
    """Checks numbers. All but the number of pairs may be missing, and it may be 0."""
    for name, number in numbers.items():
        least = 0 if name == "pairs_at_once" else 1
        if number is None and least:
            continue
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"{name} has to be a whole number, not {number!r}")
        if number < least:
            raise ValueError(f"{name} has to be at least {least}, not {number}")


def check_types(raw: DataFrame, columns: dict[str, str], settings: str) -> None:
    """Checks the types of fields over no rows."""
    schema = raw.limit(0).toArrow().schema
    try:
        on_workers.with_rows(settings, pa.RecordBatch.from_pylist([], schema))
    except TypeError as error:
        start, field, rest = str(error).split("`", 2)
        raise TypeError(f"{start}`{columns[field].strip('`')}`{rest}") from None

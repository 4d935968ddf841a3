"""What workers execute: the functions of the compiled part over Arrow batches, with the state that they need.

Functions travel to workers by name, and what they need by value: settings as JSON, state as bytes. Both are prepared once in each
process.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pyarrow as pa

from .. import _wirecopy

#: Types of columns, by their names in a schema of Spark.
_TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
    "array<bigint>": pa.list_(pa.int64()),
    "array<string>": pa.list_(pa.string()),
}

Make = Callable[[], Callable[[Any], Any]]
Run = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def arrow_schema(schema: str) -> pa.Schema:
    """Returns the Arrow schema of a schema such as ``"uid bigint, tokens binary"``."""
    columns = (column.split() for column in schema.split(","))
    return pa.schema([(name, _TYPES[kind]) for name, kind in columns])


def to_table(data: Any, schema: str) -> pa.Table:
    """Returns the columns of a schema."""
    fields = arrow_schema(schema)
    return pa.table(data).select(fields.names).cast(fields)


def _sliced(batches: Iterator[pa.RecordBatch], most: int | None) -> Iterator[pa.RecordBatch]:
    """Returns batches of at most so many rows."""
    for batch in batches:
        for start in range(0, batch.num_rows, most or max(1, batch.num_rows)):
            yield batch.slice(start, most)


def mapped(make: Make, schema: str, most: int | None = None) -> Run:
    """Returns a function for ``mapInArrow`` that calls what `make` returns with each batch of at most so many rows."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        function = None
        for batch in _sliced(batches, most):
            function = function or make()
            yield from to_table(function(batch), schema).to_batches()

    return run


def grouped(make: Make, schema: str) -> Callable[[pa.Table], pa.Table]:
    """Returns a function for ``applyInArrow`` that calls what `make` returns with each group."""

    def run(table: pa.Table) -> pa.Table:
        return to_table(make()(table), schema)

    return run


def summed(make: Callable[[], Any], result: str, schema: str, most: int | None = None) -> Run:
    """Returns a function for ``mapInArrow`` that adds all batches to what `make` returns, and then yields its sum."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        counts = None
        for batch in _sliced(batches, most):
            counts = counts or make()
            counts.add(batch)
        if counts is not None:
            yield from to_table(getattr(counts, result)(), schema).to_batches()

    return run


@lru_cache(maxsize=8)
def bricks(settings: str, passages: bool = False) -> _wirecopy.Bricks:
    """Returns the functions with these settings."""
    return _wirecopy.Bricks(settings, passages)


@lru_cache(maxsize=4)
def weights(counts: bytes) -> _wirecopy.Weights:
    """Returns the weights of terms."""
    return _wirecopy.Weights(counts)


@lru_cache(maxsize=4)
def learned(settings: str, parts: tuple[bytes, ...]) -> _wirecopy.Learned:
    """Returns the boilerplate that was learned."""
    return _wirecopy.Learned(bricks(settings), list(parts))


@lru_cache(maxsize=1)
def rare(settings: str, bits: int, parts: tuple[tuple[int, bytes], ...]) -> _wirecopy.Rare:
    """Returns the choice of rare features; the counts of each part are compressed."""
    return _wirecopy.rare(bricks(settings), bits, [(part, zlib.decompress(counts)) for part, counts in parts])


def with_rows(settings: str, batch: pa.RecordBatch) -> pa.Table:
    """Adds the keys of rows (row) to a batch of documents."""
    keys = pa.table(_wirecopy.row_keys(bricks(settings), batch))["row"]
    return pa.Table.from_batches([batch]).append_column("row", keys)

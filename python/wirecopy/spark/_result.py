"""What a job found."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from .. import _wirecopy
from . import _functions as on_workers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_EDGES = (
    "a string, b string, relation string, score double, jaccard double, containment_a double, containment_b double, "
    "evidence array<string>"
)
_CLUSTERS = (
    "cluster string, size int, title string, representative string, earliest string, credits array<string>, "
    "members array<string>"
)
_MEMBERS = (
    "id string, cluster string, representative boolean, relation string, score double, copied double, version int, "
    "update_of string"
)
_DOCUMENTS = (
    "id string, title string, published string, source string, url string, language string, credits array<string>, tokens int, "
    "boilerplate_tokens int, no_article string, composite array<string>, duplicate_id string"
)
_SKIPPED = "kind string, reason string"


class Result:
    """What a job found: DataFrames over the files that it left in its work folder."""

    def __init__(self, spark: SparkSession, lines: DataFrame, summary: dict[str, Any]) -> None:
        #: The lines of the report as JSON: ``type`` and ``line``. `docs/report.md` of the project describes them. ``path`` is that of
        #: standard input and ``record`` null, because rows have neither.
        self.lines = lines
        #: What depended on all documents and was sent to every task, and the largest keys and components.
        self.summary = summary
        self._spark = spark

    @property
    def clusters(self) -> DataFrame:
        """One row for each cluster, with the columns of `wirecopy.Result.clusters`."""
        return self._table("cluster", _clusters, _CLUSTERS)

    @property
    def edges(self) -> DataFrame:
        """One row for each pair that is related, with the columns of `wirecopy.Result.edges`."""
        return self._table("edge", _edges, _EDGES)

    @property
    def documents(self) -> DataFrame:
        """One row for each document, with the columns of `wirecopy.Result.documents` apart from ``path`` and ``record``."""
        members = self._table("cluster", _members, _MEMBERS)
        return self._table("document", _documents, _DOCUMENTS).join(members, "id", "left")

    @property
    def skipped(self) -> DataFrame:
        """One row for each row that is not a document: ``kind``, ``reason``."""
        return self._table("skipped", _skipped, _SKIPPED)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Writes the lines of the report to a folder of text files, in no order.

        A folder that exists is an error, or is replaced with everything in it if `overwrite` is set.
        """
        self.lines.select("line").write.mode("overwrite" if overwrite else "error").text(os.fspath(path))

    def _table(self, type: str, make: on_workers.Make, schema: str) -> DataFrame:
        lines = self.lines.filter(F.col("type") == type).select("line")
        return lines.mapInArrow(on_workers.mapped(make, schema), schema)


def _clusters() -> Callable[[Any], Any]:
    return _wirecopy.cluster_table


def _edges() -> Callable[[Any], Any]:
    return _wirecopy.edge_table


def _members() -> Callable[[Any], Any]:
    return _wirecopy.member_table


def _documents() -> Callable[[Any], Any]:
    return _wirecopy.document_table


def _skipped() -> Callable[[Any], Any]:
    return _wirecopy.skipped_table

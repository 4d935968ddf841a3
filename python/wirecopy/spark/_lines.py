"""The lines of the report: words are looked up in the rows again, and written into them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructField, StructType

from .. import _wirecopy
from . import _functions as on_workers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from ._job import Job

_SPELLED = "uid bigint, term bigint, start bigint, end bigint, word string"


class Lines:
    """Makes the lines of a job's report, given the boilerplate that it learned."""

    def __init__(self, job: Job, learned: tuple[bytes, ...]) -> None:
        self.job = job
        self.learned = learned

    def of(self, documents: DataFrame, solved: DataFrame, removed: DataFrame | None) -> DataFrame:
        """Returns all lines of the report (type, line)."""
        edges, clusters = solved.filter("kind = 'edge'"), solved.filter("kind = 'cluster'")
        clusters = clusters.select("line", "numbers")
        open = _open(clusters)
        words = self.words(documents, edges, open)
        composites = solved.filter("kind = 'composite'").select("uid", F.col("line").alias("composite"))
        of_documents = documents.select("uid", "header", "tokens").join(composites, "uid", "left")
        found = {
            "document": self.job.map(of_documents, _document_lines, "line string"),
            "skipped": self.job.skipped,
            "edge": self.edge_lines(edges, words),
            "cluster": self.cluster_lines(clusters, open, words),
        }
        if removed is not None:
            found["boilerplate"] = self.boilerplate_lines(documents, removed)
        typed = [df.select(F.lit(kind).alias("type"), "line") for kind, df in found.items()]
        return self.job.keep("lines", reduce(lambda all, one: all.unionByName(one), typed))

    def with_texts(self, wanted: DataFrame) -> DataFrame:
        """Adds the fields of the rows that documents were made of to what is wanted of these (row, …)."""
        settings = self.job.settings
        schema = StructType([*self.job.raw.schema.fields, StructField("row", LongType())])

        def run(batches: Any) -> Any:
            for batch in batches:
                yield from on_workers.with_rows(settings, batch).to_batches()

        # Equal rows have equal keys, and one of them is enough.
        keyed = self.job.raw.mapInArrow(run, schema).join(wanted.select("row").distinct(), "row", "left_semi")
        return keyed.dropDuplicates(["row"]).join(wanted, "row")

    def words(self, documents: DataFrame, edges: DataFrame, open: DataFrame) -> DataFrame:
        """Looks up the words of evidence and of sentences (uid, term, start, end, word)."""
        terms = edges.select("uid", F.explode("numbers").alias("term")).groupBy("uid")
        terms = terms.agg(F.collect_set("term").alias("terms"))
        ranges = open.select("uid", "start", "end").distinct()
        # A range is two numbers; lists of them keep their order, which no lists of columns of their own would.
        ranges = ranges.groupBy("uid").agg(F.flatten(F.collect_list(F.array("start", "end"))).alias("ranges"))
        keys = documents.select("uid", F.col("row"), F.col("source").alias("source_key"))
        wanted = terms.join(ranges, "uid", "full_outer").join(keys, "uid")
        settings, learned = self.job.settings, self.learned

        def make() -> Callable[[Any], Any]:
            functions = on_workers.bricks(settings)
            speller = on_workers.learned(settings, learned)
            return lambda data: _wirecopy.spell(speller, functions, data)

        return self.job.keep("words", self.job.map(self.with_texts(wanted), make, _SPELLED))

    def edge_lines(self, edges: DataFrame, words: DataFrame) -> DataFrame:
        # A term is spelled as in the first document in which it was looked up.
        spelled = words.filter("term is not null")
        first = spelled.groupBy("term").agg(F.min("uid").alias("uid"))
        spelled = spelled.join(first, ["term", "uid"]).select("term", "word")
        asked = edges.select("line", F.explode("numbers").alias("term")).join(spelled, "term")
        pairs = F.concat_ws("\t", F.col("term").cast("string"), "word")
        found = asked.groupBy("line").agg(F.collect_list(pairs).alias("words"))
        filled = edges.select("line", F.col("numbers").alias("terms")).join(found, "line", "left")
        return self.job.map(filled, _edge_lines, "line string")

    def cluster_lines(self, clusters: DataFrame, open: DataFrame, words: DataFrame) -> DataFrame:
        sentences = words.filter("start is not null").select("uid", "start", "end", "word")
        found = open.join(sentences, ["uid", "start", "end"])
        pairs = F.concat_ws("\t", F.col("slot").cast("string"), "word")
        found = found.groupBy("line").agg(F.collect_list(pairs).alias("sentences"))
        filled = clusters.select("line").join(found, "line", "left")
        return self.job.map(filled, _cluster_lines, "line string")

    def boilerplate_lines(self, documents: DataFrame, removed: DataFrame) -> DataFrame:
        keys = documents.select("uid", "row", "header")
        wanted = removed.withColumnRenamed("source", "source_key").join(keys, "uid")
        settings, learned = self.job.settings, self.learned

        def make() -> Callable[[Any], Any]:
            functions = on_workers.bricks(settings)
            speller = on_workers.learned(settings, learned)
            return lambda data: _wirecopy.boilerplate_lines(speller, functions, data)

        return self.job.map(self.with_texts(wanted), make, "line string")


def _open(clusters: DataFrame) -> DataFrame:
    """Returns the sentences that clusters lack (line, slot, uid, start, end): four numbers each."""
    places = F.expr("transform(sequence(0, size(numbers) div 4 - 1), i -> i * 4)")
    one = clusters.filter("size(numbers) > 0").select("line", "numbers", F.explode(places).alias("at"))
    number = lambda offset: F.element_at("numbers", (F.col("at") + F.lit(offset + 1)).cast("int"))  # noqa: E731
    return one.select("line", *(number(at).alias(name) for at, name in enumerate(["slot", "uid", "start", "end"])))


def _document_lines() -> Callable[[Any], Any]:
    return _wirecopy.document_lines


def _edge_lines() -> Callable[[Any], Any]:
    return _wirecopy.edge_lines


def _cluster_lines() -> Callable[[Any], Any]:
    return _wirecopy.cluster_lines

"""The job: the stages of a run as operations on DataFrames.

Frames that several later steps read are written to the work folder as Parquet and read back, which also cuts their plans. Documents
have dense numbers (uid) in the order of their ids, from the sorted ids themselves, so that a task that runs again makes the same ones.

| column | is |
|---|---|
| ``uid`` | the number of a document |
| ``row`` | a hash of the fields of its row, by which the row is found again |
| ``header``, ``tokens`` | what is known of it, and its tokens: bytes |
| ``n`` | its number of tokens |
| ``words``, ``dated``, ``stamp`` | hashes of its words, of words and date, and of the date |
| ``source``, ``language`` | hashes of its source and language |
| ``item`` | a hash of the delivered item that it is a version of |
| ``article`` | whether it holds an article |
| ``leader`` | the leader of its copy group, and with it the edge between the two |
| ``differs`` | whether it differs from its leader, and is compared with others |
| ``bucket`` | which group of ``applyInArrow`` a row goes to: one bucket holds many keys, or many components |
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from .. import _wirecopy
from . import _functions as on_workers
from ._arguments import check_numbers, check_types, columns_of
from ._components import components
from ._lines import Lines
from ._result import Result

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_DOCUMENTS = (
    "id string, row bigint, header binary, tokens binary, n int, words bigint, stamp bigint, dated bigint, source bigint, "
    "language bigint, item bigint, article boolean, skipped string"
)
_BAND_KEYS = "bucket int, band int, key bigint, n int, uid bigint"
_JOIN_KEYS = "bucket int, key bigint, uid bigint"
_PAIRS = "a bigint, b bigint"
_TERMS = "language bigint, term bigint, count bigint"
_PARTS = "part int, counts binary"
_MET = "a bigint, b bigint, shared bigint"
_EDGE = "relation string, score double, jaccard double, containment_a double, containment_b double"
_GROUPED = f"uid bigint, leader bigint, {_EDGE}, story boolean, differs boolean"
_VERIFIED = f"a bigint, b bigint, {_EDGE}, sure boolean"
#: Rows of `collapse` and `verify`: candidates, and documents that have a header.
_TO_CHECK = "a bigint, b bigint, verbatim boolean, header binary, tokens binary"
#: Rows of `solve`: edges, and documents that have a header, with their leaders.
_TO_SOLVE = f"a bigint, b bigint, header binary, tokens binary, leader bigint, {_EDGE}"
_MARKED = "uid bigint, source bigint, tokens binary, n int, words bigint, dated bigint, removed binary"
_REMOVED = "source bigint, uid bigint, documents bigint, known binary"
_SOLVED = "kind string, uid bigint, line string, numbers array<bigint>"

#: Most ids that one task sorts.
_IDS = 1_000_000
#: Most pairs whose components the driver finds.
PAIRS_AT_ONCE = 500_000
#: Documents whose keys go to one group, on average.
_KEYED = 100_000
#: Tokens of the documents in one group of components or of sources, on average.
_TOKENS = 20_000_000
#: Most candidates in one group that is checked.
_CHECKS = 100_000
#: Number of documents with consecutive uids whose candidates are checked in one group. Neighbours by id are often candidates of the same
#: documents, which then travel once.
_BLOCK = 256


def cluster(
    df: DataFrame,
    *,
    work: str | os.PathLike[str],
    buckets: int | None = None,
    batch: int | None = None,
    memory: int | None = None,
    passages: bool = False,
    pairs_at_once: int = PAIRS_AT_ONCE,
    **settings: Any,
) -> Result:
    """Finds the copies among the rows of a DataFrame.

    Args:
        df: Documents, with the columns ``id``, ``text``, ``title``, ``date``, ``source``, ``url``, ``language`` and ``byline``, of which
            only ``text`` is needed; ``fields`` chooses other names. It is evaluated twice: for tokens, and for the words of
            evidence. A row without id is named after a hash of its fields.
        work: A folder that all workers can write and read. The stages leave their frames in ``wirecopy-work`` below it, which is
            not removed. Those of an earlier job are overwritten, so each job needs its own folder while its result is used.
        buckets: Least number of groups that keys and components are dealt to: at least the number of cores. By default that of
            ``spark.sql.shuffle.partitions``. Many documents have more.
        batch: Most rows that a worker converts at a time; by default as many as Spark sends.
        memory: Most bytes that a worker uses for one group of components, or of sources; what exceeds it goes to temporary files. The group itself,
            8 bytes a token, has to fit as well.
        passages: Whether the report says which passages of a document occur in other members of its cluster.
        pairs_at_once: Most candidates whose connected components the driver finds; more of them are left to Spark.
        settings: Settings by name; see `wirecopy.settings`.

    Returns:
        What was found: DataFrames over files in `work`.

    Raises:
        TypeError: A setting does not exist, `df` is no DataFrame, a number is none, or a column is of a type that cannot hold its field.
        ValueError: A setting or a number is out of its range, or no column holds texts.
    """
    return Job(df, work, buckets, batch, memory, passages, pairs_at_once, settings).run()


class Job:
    """A job, and what it notes of itself on the way."""

    def __init__(
        self,
        df: DataFrame,
        work: str | os.PathLike[str],
        buckets: int | None,
        batch: int | None,
        memory: int | None,
        passages: bool,
        pairs_at_once: int,
        settings: dict[str, Any],
    ) -> None:
        if not hasattr(df, "sparkSession"):
            raise TypeError(f"df has to be a DataFrame of Spark, not {type(df).__module__}.{type(df).__name__}: see spark.createDataFrame")
        work = os.fspath(work)
        if not work.strip("/"):
            raise ValueError("work is empty: name a folder that all workers can write and read")
        check_numbers(buckets=buckets, batch=batch, memory=memory, pairs_at_once=pairs_at_once)
        self.spark = df.sparkSession
        # A folder of its own: frames have names that a user's folders may have, too.
        self.work = f"{work.rstrip('/')}/wirecopy-work"
        self.buckets = buckets or int(self.spark.conf.get("spark.sql.shuffle.partitions"))
        self.batch = batch
        self.memory = memory
        self.passages = passages
        self.pairs_at_once = pairs_at_once
        # Settings are checked before anything runs.
        on_workers.bricks(json.dumps(settings))
        columns = columns_of(df, settings)
        self.raw = df.select(*(F.col(name).alias(field) for field, name in columns.items()))
        # Its columns have the names of fields.
        self.settings = json.dumps({name: value for name, value in settings.items() if name != "fields"})
        check_types(self.raw, columns, self.settings)
        self.matching = json.loads(on_workers.bricks(self.settings).matching)
        self.summary: dict[str, Any] = {}

    def run(self) -> Result:
        documents = self.numbered(self.read())
        grouped = self.copies(documents, "first")
        learned: tuple[bytes, ...] = ()
        removed = None
        if not self.matching["keep_boilerplate"]:
            learned = self.learn(documents, grouped)
        if learned:
            documents, removed = self.marked(documents, learned)
            grouped = self.copies(documents, "second")
        documents = self.keep("documents-grouped", self.with_copies(documents, grouped))
        solved = self.solve(documents)
        lines = Lines(self, learned).of(documents, solved, removed)
        self.summary["lines"] = {row["type"]: row["count"] for row in lines.groupBy("type").count().orderBy("type").collect()}
        return Result(self.spark, lines, self.summary)

    # Frames, and functions over them.

    def keep(self, name: str, df: DataFrame) -> DataFrame:
        """Writes a frame to the work folder, and returns it without its plan."""
        path = f"{self.work}/{name}"
        df.write.mode("overwrite").parquet(path)
        return self.spark.read.schema(df.schema).parquet(path)

    def map(self, df: DataFrame, make: on_workers.Make, schema: str) -> DataFrame:
        return df.mapInArrow(on_workers.mapped(make, schema, self.batch), schema)

    def by_bucket(self, df: DataFrame, make: on_workers.Make, schema: str) -> DataFrame:
        return df.groupBy("bucket").applyInArrow(on_workers.grouped(make, schema), schema)

    def bucket(self, column: str, buckets: int | None = None) -> Column:
        return F.pmod(F.xxhash64(column), F.lit(buckets or self.buckets)).cast("int").alias("bucket")

    def bricks(self, name: str, *arguments: Any) -> on_workers.Make:
        """Returns what makes one of the functions with these further arguments."""
        settings, passages = self.settings, self.passages

        def make() -> Callable[[Any], Any]:
            function, bricks = getattr(_wirecopy, name), on_workers.bricks(settings, passages)
            return lambda data: function(bricks, data, *arguments)

        return make

    # Documents.

    def read(self) -> DataFrame:
        read = self.keep("read", self.map(self.raw, self.bricks("read"), _DOCUMENTS))
        self.skipped = read.filter("skipped is not null").select(F.col("skipped").alias("line"))
        documents = read.filter("skipped is null").drop("skipped")
        contested = documents.groupBy("id").count().filter("count > 1").select("id")
        contested = self.keep("contested", contested)
        if contested.count() == 0:
            return documents
        claims = documents.join(contested, "id", "left_semi").withColumn("bucket", self.bucket("id"))
        settled = self.by_bucket(claims, _settle, _DOCUMENTS).drop("skipped")
        return documents.join(contested, "id", "left_anti").unionByName(self.keep("settled", settled))

    def numbered(self, documents: DataFrame) -> DataFrame:
        """Numbers the documents in the order of their ids."""
        ids = documents.select("id")
        count = ids.count()
        # The numbers are the same wherever the ranges are cut.
        cuts: list[str] = []
        if count > _IDS:
            sample = sorted(row.id for row in ids.sample(min(1.0, 100_000 / count), seed=1).collect())
            cuts = sample[:: max(1, len(sample) * _IDS // count)]
        part = reduce(lambda sum, cut: sum + (F.col("id") >= F.lit(cut)).cast("int"), cuts, F.lit(0))
        parted = ids.withColumn("part", part)
        sizes = {row["part"]: row["count"] for row in parted.groupBy("part").count().collect()}
        offsets, before = [], 0
        for number in sorted(sizes):
            offsets.append((number, before))
            before += sizes[number]
        starts = self.spark.createDataFrame(offsets or [(0, 0)], "part int, before bigint")
        place = F.row_number().over(Window.partitionBy("part").orderBy("id"))
        uids = parted.withColumn("place", place).join(F.broadcast(starts), "part")
        uids = uids.select("id", (F.col("before") + F.col("place") - 1).cast("bigint").alias("uid"))
        self.summary["documents"] = count
        # Groups stay small enough for a worker, whatever the number of documents.
        self.buckets = max(self.buckets, count // _KEYED)
        return self.keep("documents", documents.join(uids, "id"))

    # Copies.

    def copies(self, documents: DataFrame, name: str) -> DataFrame:
        """Returns how documents are grouped that candidates for copies connect."""
        articles = documents.filter("article")
        texts = self.keep(f"{name}-texts", articles.groupBy("dated", "words").agg(F.min("uid").alias("first")))
        of_texts = articles.select("uid", "dated", "words").join(texts, ["dated", "words"])
        stars = of_texts.filter("uid != first").select(F.col("first").alias("a"), F.col("uid").alias("b"))
        of_words = texts.groupBy("words").agg(F.min("first").alias("a")).join(texts, "words")
        stars = stars.unionByName(of_words.filter("a != first").select("a", F.col("first").alias("b")))
        bits = _wirecopy.key_bits(texts.count())
        firsts = documents.join(texts.select(F.col("first").alias("uid")), "uid", "left_semi")
        keys = self.map(firsts.select("uid", "tokens"), self.bricks("band_keys", bits, self.buckets), _BAND_KEYS)
        found = self.keep(f"{name}-found", self.by_bucket(keys, _copy_pairs, _PAIRS))
        self.summary[f"{name}_copies"] = {"key_bits": bits, "most_frequent_key": _largest(found.filter("a is null"), "b")}
        pairs = self.keep(f"{name}-pairs", found.filter("a is not null").unionByName(stars).distinct())
        connected = self.connected(pairs, documents, name)
        rows = self.components(*connected, documents, pairs, _TO_CHECK)
        return self.keep(f"{name}-grouped", self.by_bucket(rows, self.bricks("collapse", self.memory), _GROUPED))

    def with_copies(self, documents: DataFrame, grouped: DataFrame) -> DataFrame:
        """Adds the leader of each document, and whether it is a story."""
        all = documents.join(grouped, "uid", "left")
        all = all.withColumn("leader", F.coalesce("leader", "uid"))
        all = all.withColumn("story", F.coalesce("story", "article"))
        return all.withColumn("leads", F.expr("article and leader = uid"))

    # Components.

    def connected(self, pairs: DataFrame, documents: DataFrame, name: str) -> tuple[DataFrame, int]:
        """Returns the components of pairs (uid, component) and the number of their tokens, and notes the largest."""
        count = pairs.count()
        rounds = 0
        if count == 0:
            named = pairs.select(F.col("a").alias("uid"), F.col("b").alias("component"))
        elif count <= self.pairs_at_once:
            table = _wirecopy.components(pairs.select("a", "b").toArrow())
            named = self.spark.createDataFrame(on_workers.to_table(table, "uid bigint, component bigint"))
        else:
            keep = lambda step, df: self.keep(f"{name}-stars-{step}", df)  # noqa: E731
            named, rounds = components(pairs, keep)
        named = self.keep(f"{name}-components", named)
        sizes = named.join(documents.select("uid", "n"), "uid").groupBy("component")
        largest = sizes.agg(F.count("uid").alias("documents"), F.sum("n").alias("tokens"))
        most = largest.agg(F.max("documents"), F.max("tokens"), F.sum("tokens")).collect()[0]
        self.summary[f"{name}_components"] = {
            "pairs": count,
            "rounds": rounds,
            "most_documents": most[0] or 0,
            "most_tokens": most[1] or 0,
        }
        return named, most[2] or 0

    def components(
        self, connected: DataFrame, tokens: int, documents: DataFrame, pairs: DataFrame, schema: str
    ) -> DataFrame:
        """Returns the documents and pairs of components, dealt to buckets as whole components."""
        buckets = max(self.buckets, tokens // _TOKENS)
        members = documents.join(connected, "uid").withColumnRenamed("uid", "a")
        links = pairs.join(connected, F.col("a") == F.col("uid"))
        rows = _with_schema(members, schema, "component").unionByName(_with_schema(links, schema, "component"))
        return rows.withColumn("bucket", self.bucket("component", buckets)).drop("component")

    # Boilerplate.

    def weights(self, leaders: DataFrame, name: str) -> bytes:
        """Counts terms among leaders, and returns the counts that weights need."""
        counting = on_workers.summed(_wirecopy.Terms, "rows", _TERMS, self.batch)
        rows = leaders.select("language", "tokens").mapInArrow(counting, _TERMS)
        sums = self.keep(f"{name}-terms", rows.groupBy("language", "term").agg(F.sum("count").alias("count")))
        totals = sums.filter("term is null").select("language", "count").collect()
        documents = sorted((row["language"], row["count"]) for row in totals)

        def decisive() -> Callable[[Any], Any]:
            return lambda data: _wirecopy.decisive_terms(data, documents)

        terms = self.map(sums.filter("term is not null and count > 2"), decisive, _TERMS)
        counts = _wirecopy.term_bytes(terms.orderBy("language", "term").toArrow(), documents)
        self.summary[f"{name}_terms"] = {"bytes": len(counts)}
        return bytes(counts)

    def learn(self, documents: DataFrame, grouped: DataFrame) -> tuple[bytes, ...]:
        """Learns the boilerplate of sources; empty if there is none."""
        all = self.with_copies(documents, grouped)
        counts = self.weights(all.filter("leads"), "first")
        stories = all.filter("story").select("uid", "source", "language", "tokens")
        memory = self.memory

        def make() -> Callable[[Any], Any]:
            weights = on_workers.weights(counts)
            return lambda data: _wirecopy.learn(data, weights, memory)

        tokens = documents.agg(F.sum("n")).collect()[0][0] or 0
        bucket = self.bucket("source", max(self.buckets, tokens // _TOKENS))
        found = self.by_bucket(stories.withColumn("bucket", bucket), make, "learned binary")
        parts = [bytes(row["learned"]) for row in self.keep("learned", found).collect()]
        whole = on_workers.learned(self.settings, tuple(sorted(parts)))
        self.summary["boilerplate"] = {"sources": len(whole.sources)}
        return () if whole.is_empty else (bytes(whole.to_bytes()),)

    def marked(self, documents: DataFrame, learned: tuple[bytes, ...]) -> tuple[DataFrame, DataFrame]:
        """Removes learned boilerplate. Returns the documents, and what was removed."""
        settings = self.settings
        columns = documents.select("uid", "source", "stamp", "tokens")
        make = lambda: on_workers.learned(settings, learned).mark  # noqa: E731
        marked = self.keep("marked", self.map(columns, make, _MARKED))
        removed = marked.select("source", "uid", "removed").withColumn("bucket", self.bucket("source"))
        removed = self.keep("removed", self.by_bucket(removed, _count_marked, _REMOVED))
        rest = marked.select("uid", *(F.col(name).alias(f"new_{name}") for name in ("tokens", "n", "words", "dated")))
        both = documents.join(rest, "uid", "left")
        for name in ("tokens", "n", "words", "dated"):
            both = both.withColumn(name, F.coalesce(f"new_{name}", name)).drop(f"new_{name}")
        return self.keep("documents-marked", both), removed

    # Candidates.

    def candidates(self, documents: DataFrame, leaders: DataFrame) -> DataFrame:
        """Returns candidates among leaders, and versions of one delivered item (a, b, verbatim)."""
        sums = leaders.agg(F.count("uid"), F.sum("n")).collect()[0]
        bits, plan = _wirecopy.key_bits(sums[0]), {}
        leaders = leaders.select("uid", "tokens")
        keys = self.keep("sampled", self.map(leaders, self.bricks("sampled_keys", bits, self.buckets), _JOIN_KEYS))
        sizes = keys.filter("bucket = -1").select("uid", F.col("key").alias("size"))
        met = self.keep("sampled-met", self.by_bucket(keys.filter("bucket >= 0"), _excerpt_meetings, _MET))
        plan["key_bits"], plan["most_frequent_shingle"] = bits, _largest(met.filter("a is null"), "shared")
        listed = met.filter("a is not null and b is null").groupBy("a").agg(F.sum("shared").alias("else"))
        listed = sizes.join(listed.withColumnRenamed("a", "uid"), "uid")
        pairs = met.filter("b is not null").groupBy("a", "b").agg(F.sum("shared").alias("shared"))
        for one in ("a", "b"):
            own = listed.select(F.col("uid").alias(one), F.col("size").alias(f"size_{one}"), F.col("else").alias(f"else_{one}"))
            pairs = pairs.join(own, one)
        found = self.map(pairs, self.bricks("excerpts"), _PAIRS).withColumn("verbatim", F.lit(True))
        if self.matching["rewrites"]:
            rare = self.rewrites(leaders, bits, sums[1] or 0, plan)
            found = found.unionByName(rare.withColumn("verbatim", F.lit(False)))
        found = found.unionByName(_versions(documents).withColumn("verbatim", F.lit(True)))
        self.summary["candidates"] = plan
        return self.keep("candidates", found.groupBy("a", "b").agg(F.max("verbatim").alias("verbatim")))

    def rewrites(self, leaders: DataFrame, bits: int, tokens: int, plan: dict[str, Any]) -> DataFrame:
        """Returns pairs of leaders that share rare features (a, b)."""
        table = _wirecopy.table_bits(tokens)
        counting = on_workers.summed(lambda: _wirecopy.Features(table), "parts", _PARTS, self.batch)
        parts = leaders.mapInArrow(counting, _PARTS).withColumn("bucket", F.col("part"))
        merged = self.keep("features", self.by_bucket(parts, _merge_features, _PARTS))
        rows = merged.orderBy("part").collect()
        # Most counters are of features of one document, so that they take a fraction of their size.
        counts = tuple((row["part"], zlib.compress(bytes(row["counts"]), 1)) for row in rows)
        settings, buckets = self.settings, self.buckets

        def make() -> Callable[[Any], Any]:
            rare = on_workers.rare(settings, table, counts)
            return lambda data: rare.keys(data, bits, buckets)

        keys = self.keep("rare", self.map(leaders, make, _JOIN_KEYS))
        met = self.keep("rare-met", self.by_bucket(keys, _rewrite_meetings, _MET))
        use = on_workers.rare(settings, table, counts)
        plan["table_bits"], plan["table_used"] = table, round(use.used, 4)
        plan["table_bytes_sent"] = sum(len(part) for _, part in counts)
        plan["most_frequent_feature"] = _largest(met.filter("a is null"), "shared")
        pairs = met.filter("b is not null").groupBy("a", "b").agg(F.sum("shared").alias("shared"))
        return pairs.filter(F.col("shared") >= self.matching["rare_shared"]).select("a", "b")

    def verify(self, documents: DataFrame, candidates: DataFrame, counts: bytes) -> DataFrame:
        """Checks candidates, and returns the edges among them.

        Where two leaders are related, but not surely, the copies that differ from them are checked with the other one, too.
        """
        verified = self.verify_all(documents, candidates, counts, "verified")
        leaders = documents.filter("leads").select("uid")
        unsure = verified.filter("not sure").select("a", "b")
        for one in ("a", "b"):
            unsure = unsure.join(leaders.select(F.col("uid").alias(one)), one, "left_semi")
        copies = documents.filter("differs").select("leader", F.col("uid").alias("copy"))
        with_copies = [
            unsure.join(copies, F.col(one) == F.col("leader")).select("copy", F.col(other).alias("other"))
            for one, other in (("a", "b"), ("b", "a"))
        ]
        pairs = with_copies[0].unionByName(with_copies[1])
        pairs = pairs.select(F.least("copy", "other").alias("a"), F.greatest("copy", "other").alias("b")).distinct()
        pairs = pairs.join(candidates.select("a", "b"), ["a", "b"], "left_anti").withColumn("verbatim", F.lit(True))
        of_copies = self.verify_all(documents, self.keep("of-copies", pairs), counts, "verified_copies")
        return self.keep("related", verified.unionByName(of_copies))

    def verify_all(self, documents: DataFrame, candidates: DataFrame, counts: bytes, name: str) -> DataFrame:
        """Checks all of some candidates, and returns the edges among them."""
        count = candidates.count()
        block = F.floor(F.col("a") / F.lit(_BLOCK)).cast("bigint")
        pairs = candidates.withColumn("block", block)
        pairs = pairs.withColumn("bucket", self.bucket("block", max(self.buckets, count // _CHECKS)))
        ends = pairs.select("bucket", F.col("a").alias("uid")).unionByName(pairs.select("bucket", F.col("b").alias("uid")))
        ends = self.keep(f"{name}-documents", ends.distinct())
        members = documents.join(ends, "uid").withColumnRenamed("uid", "a")
        rows = _with_schema(members, _TO_CHECK, "bucket").unionByName(_with_schema(pairs, _TO_CHECK, "bucket"))
        settings, memory = self.settings, self.memory

        def make() -> Callable[[Any], Any]:
            functions, weights = on_workers.bricks(settings), on_workers.weights(counts)
            return lambda data: _wirecopy.verify(functions, data, weights, memory)

        verified = self.keep(name, self.by_bucket(rows, make, _VERIFIED))
        self.summary[name] = {"candidates": count, "documents_sent": ends.count(), "edges": verified.count()}
        return verified

    def solve(self, documents: DataFrame) -> DataFrame:
        """Checks candidates, and solves the components of copies and edges."""
        leaders = documents.filter("leads")
        candidates = self.candidates(documents, leaders)
        counts = self.weights(leaders, "second")
        verified = self.verify(documents, candidates, counts)
        copies = documents.filter("leader != uid").select(F.col("leader").alias("a"), F.col("uid").alias("b"))
        connected = self.connected(verified.select("a", "b").unionByName(copies), documents, "solved")
        rows = self.components(*connected, documents, verified, _TO_SOLVE)
        settings, passages, memory = self.settings, self.passages, self.memory

        def make() -> Callable[[Any], Any]:
            functions, weights = on_workers.bricks(settings, passages), on_workers.weights(counts)
            return lambda data: _wirecopy.solve(functions, data, weights, memory)

        return self.keep("solved", self.by_bucket(rows, make, _SOLVED))


def _versions(documents: DataFrame) -> DataFrame:
    """Returns each version of a delivered item with the next one by id (a, b), whatever they share, leaders or not."""
    items = documents.filter("item is not null")
    later = F.lead("uid").over(Window.partitionBy("item").orderBy("uid"))
    return items.select(F.col("uid").alias("a"), later.alias("b")).filter("b is not null")


def _with_schema(df: DataFrame, schema: str, more: str) -> DataFrame:
    """Returns the columns of a schema and one more; those that a frame lacks are null."""
    columns = [column.split() for column in schema.split(", ")]
    own = [F.col(name) if name in df.columns else F.lit(None).cast(kind).alias(name) for name, kind in columns]
    return df.select(*own, more)


def _largest(rows: DataFrame, column: str) -> int:
    return rows.agg(F.max(column)).collect()[0][0] or 0


def _settle() -> Callable[[Any], Any]:
    return _wirecopy.settle


def _copy_pairs() -> Callable[[Any], Any]:
    return _wirecopy.copy_pairs


def _excerpt_meetings() -> Callable[[Any], Any]:
    return lambda data: _wirecopy.meetings(data, False)


def _rewrite_meetings() -> Callable[[Any], Any]:
    return lambda data: _wirecopy.meetings(data, True)


def _merge_features() -> Callable[[Any], Any]:
    return _wirecopy.merge_features


def _count_marked() -> Callable[[Any], Any]:
    return _wirecopy.count_marked

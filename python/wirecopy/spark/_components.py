"""Connected components of pairs, as DataFrame operations.

Alternating large and small stars (Kiveris et al., *Connected components in MapReduce and beyond*, 2014): each round connects the
neighbours of a document to the lowest of them, until every document is connected to the lowest of its component. Rounds grow with the
logarithm of the number of documents. The plan is cut after each round, and documents have numbers of their own rather than those that
Spark would make anew in each evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Most rounds; a graph that needs more is not one that pairs of documents make.
_ROUNDS = 100


def components(pairs: DataFrame, keep: Callable[[str, DataFrame], DataFrame]) -> tuple[DataFrame, int]:
    """Returns each document of pairs (a, b) with the lowest of its component (uid, component), and the number of rounds.

    `keep` stores a frame under a name, and returns it without its plan.
    """
    edges = keep("0", _distinct(pairs.select(F.greatest("a", "b").alias("u"), F.least("a", "b").alias("v"))))
    size = edges.count()
    for number in range(1, _ROUNDS):
        stars = keep(f"{number}", _small_star(_large_star(edges)))
        before, size = size, stars.count()
        done = size == before and stars.join(edges, ["u", "v"], "left_anti").limit(1).count() == 0
        edges = stars
        if done:
            named = edges.select(F.col("u").alias("uid"), F.col("v").alias("component"))
            lowest = edges.select(F.col("v").alias("uid"), F.col("v").alias("component")).distinct()
            return named.unionByName(lowest), number
    raise RuntimeError(f"connected components: no end after {_ROUNDS} rounds")


def _distinct(edges: DataFrame) -> DataFrame:
    return edges.filter("u != v").distinct()


def _large_star(edges: DataFrame) -> DataFrame:
    """Connects the higher neighbours of each document to its lowest neighbour."""
    both = edges.unionByName(edges.select(F.col("v").alias("u"), F.col("u").alias("v")))
    lowest = both.groupBy("u").agg(F.least(F.min("v"), F.min("u")).alias("m"))
    higher = both.join(lowest, "u").filter("v > u")
    return _distinct(higher.select(F.col("v").alias("u"), F.col("m").alias("v")))


def _small_star(edges: DataFrame) -> DataFrame:
    """Connects each document and its lower neighbours to the lowest of them."""
    lowest = edges.groupBy("u").agg(F.min("v").alias("m"))
    lower = edges.join(lowest, "u").select(F.col("v").alias("u"), F.col("m").alias("v"))
    return _distinct(lower.unionByName(lowest.select("u", F.col("m").alias("v"))))

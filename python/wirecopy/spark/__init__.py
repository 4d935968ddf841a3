"""Finds the copies in a DataFrame of Spark 4, on as many machines as Spark has.

    >>> import wirecopy.spark                                                    # doctest: +SKIP
    >>> result = wirecopy.spark.cluster(spark.read.parquet("news/"), work="hdfs:///tmp/run-1")  # doctest: +SKIP
    >>> result.edges.filter("relation = 'rewrite'").show()                       # doctest: +SKIP

The job is made of DataFrame operations and of the functions that `wirecopy.cluster` runs, called by ``mapInArrow`` and
``applyInArrow``. It finds what `wirecopy.cluster` finds in the same rows: line by line the same report. It runs on classic Spark 4,
over Spark Connect, and on engines that speak its protocol. Each worker needs the package ``wirecopy`` and pyarrow.

``docs/spark.md`` of the project is the guide.
"""

from __future__ import annotations

from ._job import cluster
from ._result import Result

__all__ = ["Result", "cluster"]

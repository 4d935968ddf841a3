"""``python -m wirecopy.spark INPUT OUTPUT``: the job over files, without a program of one's own."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from ._job import PAIRS_AT_ONCE, Job

_TABLES = ("documents", "edges", "clusters", "skipped")


def main(arguments: list[str] | None = None) -> None:
    """Reads documents, finds the copies, and writes the report and its tables."""
    parser = argparse.ArgumentParser(prog="python -m wirecopy.spark", description=__doc__)
    parser.add_argument("input", help="a folder or file of Parquet, or of JSON lines if it ends in .jsonl, .ndjson or .json")
    parser.add_argument("output", help="a folder for report/ (lines of JSON), and documents/, edges/, clusters/ and skipped/ (Parquet)")
    parser.add_argument("--format", choices=["parquet", "json"], help="the format of INPUT, instead of that of its extension")
    parser.add_argument("--work", metavar="DIR", help="a folder for what the stages leave in wirecopy-work; OUTPUT without it")
    parser.add_argument("--overwrite", action="store_true", help="replace these folders if they exist")
    parser.add_argument("--remote", metavar="URL", help="a Spark Connect server, such as sc://localhost:15002")
    parser.add_argument("--buckets", type=int, metavar="N", help="least number of groups that keys and components are dealt to")
    parser.add_argument("--memory", type=int, metavar="BYTES", help="most memory of a worker for one group")
    parser.add_argument("--passages", action="store_true", help="report shared passages")
    parser.add_argument("--set", action="append", default=[], type=_setting, metavar="NAME=VALUE", help="a setting, such as window=3; VALUE may be JSON")
    asked = parser.parse_args(arguments)
    builder = SparkSession.builder.appName("wirecopy")
    spark = (builder.remote(asked.remote) if asked.remote else builder).getOrCreate()
    is_json = asked.input.rstrip("/").endswith((".jsonl", ".ndjson", ".json"))
    read = spark.read.json if (asked.format or ("json" if is_json else "parquet")) == "json" else spark.read.parquet
    output = asked.output.rstrip("/")
    work, settings = asked.work or output, dict(asked.set)
    try:
        documents = read(asked.input)
        job = Job(documents, work, asked.buckets, None, asked.memory, asked.passages, PAIRS_AT_ONCE, settings)
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    if not asked.overwrite:
        _claim(spark, output, parser)
    result = job.run()
    result.save(f"{output}/report", overwrite=True)
    for name in _TABLES:
        getattr(result, name).write.mode("overwrite").parquet(f"{output}/{name}")
    json.dump(result.summary, sys.stdout, indent=2)
    print()


def _claim(spark: SparkSession, output: str, parser: argparse.ArgumentParser) -> None:
    """Makes the folders of the output, before hours of work rather than after them. Spark has no other way to find out whether they exist."""
    for name in ("report", *_TABLES):
        try:
            spark.createDataFrame([], "line string").write.mode("error").parquet(f"{output}/{name}")
        except AnalysisException as error:
            if "already exists" not in str(error):
                raise
            parser.error(f"{output}/{name} already exists: choose another OUTPUT, or add --overwrite")


def _setting(text: str) -> tuple[str, Any]:
    name, found, value = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


if __name__ == "__main__":
    main()

"""``python -m wirecopy.spark INPUT OUTPUT``: the job over files, without a program of one's own."""

from __future__ import annotations

import argparse
import json
import os
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
    name = asked.input.rstrip("/").removesuffix(".gz")
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    read = spark.read.json if (asked.format or ("json" if is_json else "parquet")) == "json" else spark.read.parquet
    output = asked.output.rstrip("/")
    work, settings = asked.work or output, dict(asked.set)
    _keep_apart(asked.input, [*(f"{output}/{name}" for name in ("report", *_TABLES)), f"{work.rstrip('/')}/wirecopy-work"], parser)
    try:
        documents = read(asked.input)
        if not documents.columns:
            parser.error(f"{asked.input} does not exist, or has no records")
        job = Job(documents, work, asked.buckets, None, asked.memory, asked.passages, PAIRS_AT_ONCE, settings)
    except (TypeError, ValueError, AnalysisException) as error:
        parser.error(str(error).split("\n\n")[0])
    if not asked.overwrite:
        _claim(spark, output, parser)
    try:
        result = job.run()
        result.save(f"{output}/report", overwrite=True)
        for name in _TABLES:
            getattr(result, name).write.mode("overwrite").parquet(f"{output}/{name}")
    except Exception:
        print(f"the job failed: the folders in {output} are not its result", file=sys.stderr)
        raise
    json.dump(result.summary, sys.stdout, indent=2)
    print()


def _keep_apart(source: str, written: list[str], parser: argparse.ArgumentParser) -> None:
    """Refuses to write where the input is: folders that are written replace what they held."""
    source = _normal(source)
    for folder in map(_normal, written):
        if f"{source}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{source}/"):
            parser.error(f"INPUT {source} and the output {folder} are one folder, or one is in the other: choose another OUTPUT")


def _normal(path: str) -> str:
    """Returns the form of a path in which those of one folder are equal: a local one without links, a remote one as it is."""
    path = path.removeprefix("file://")
    return path.rstrip("/") if "://" in path else os.path.realpath(path)


def _claim(spark: SparkSession, output: str, parser: argparse.ArgumentParser) -> None:
    """Makes the folders of the output, before hours of work rather than after them. Spark has no other way to find out whether they exist."""
    for name in ("report", *_TABLES):
        try:
            spark.createDataFrame([], "line string").write.mode("error").parquet(f"{output}/{name}")
        except AnalysisException as error:
            if "already exists" not in str(error):
                parser.error(str(error).split("\n\n")[0])
            if not _is_claim(spark, f"{output}/{name}"):
                parser.error(f"{output}/{name} already exists: choose another OUTPUT, or add --overwrite")


def _is_claim(spark: SparkSession, folder: str) -> bool:
    """Whether a folder is as an earlier job made it that failed."""
    try:
        claimed = spark.read.parquet(folder)
        return claimed.columns == ["line"] and claimed.isEmpty()
    except Exception:
        # A report is text; classic Spark raises the error of its Java side, which has no class here.
        return False


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

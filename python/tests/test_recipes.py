"""The recipes of docs/spark.md for Daft and Ray work as they are typed: ``pip install daft "ray[data]"``."""

import contextlib
import io

import pytest
from conftest import ROOT
from test_docs import BLOCK

import wirecopy

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
COLUMNS = ("id", "title", "date", "source", "text")


@pytest.fixture
def records(tmp_path, monkeypatch, corpus):
    """The corpus as the file that the recipes read, in a folder that is current."""
    records = [{name: record.get(name) for name in COLUMNS} for record in corpus]
    parquet.write_table(pa.Table.from_pylist(records), tmp_path / "records.parquet")
    monkeypatch.chdir(tmp_path)
    return records


def executed(package):
    """Executes the blocks of the guide that a package is imported in, and those after them. Returns what they define and print."""
    guide = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")
    section = guide.split("## Daft and Ray\n")[1].split("\n## ")[0]
    blocks = [code for code, _ in BLOCK.findall(section)]
    first = [f"import {package}\n" in block for block in blocks].index(True)
    others = [at for at, block in enumerate(blocks) if "import wirecopy\n" in block and at > first]
    scope, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks[first : others[0] if others else None]:
            exec(compile(block, "spark.md", "exec"), scope)
    return scope, printed.getvalue()


def members(result):
    return sorted(sorted(cluster["members"]) for cluster in result.clusters.to_pylist())


def by_month(records):
    """The rows that a run over each month gives."""
    months = {}
    for record in records:
        months.setdefault((record["date"] or "")[:7], []).append(record)
    rows = []
    for part in months.values():
        rows += [(row["id"], row["cluster"], row["copied"]) for row in wirecopy.cluster(part).documents.to_pylist()]
    return sorted(rows, key=str)


def test_recipe_for_daft(records):
    pytest.importorskip("daft", reason="NOT TESTED: the recipe for Daft, since daft is missing")
    scope, printed = executed("daft")
    assert members(scope["result"]) == members(wirecopy.cluster(records))
    assert "source" in printed and "month" in printed
    found = scope["found"].select("found").to_pydict()["found"]
    assert sorted(((row["id"], row["cluster"], row["copied"]) for row in found), key=str) == by_month(records)


def test_recipe_for_ray(records):
    ray = pytest.importorskip("ray", reason="NOT TESTED: the recipe for Ray, since ray is missing")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        scope, printed = executed("ray")
        assert members(scope["result"]) == members(wirecopy.cluster(records))
        rows = [(row["id"], row["cluster"], row["copied"]) for row in scope["found"].take_all()]
        assert sorted(rows, key=str) == by_month(records)
        copied = [row for row in wirecopy.cluster(records).documents.to_pylist() if (row["copied"] or 0) > 0.9]
        in_months = [row for row in rows if (row[2] or 0) > 0.9]
        assert printed.split() == [str(len(copied)), str(len(in_months))]
    finally:
        ray.shutdown()

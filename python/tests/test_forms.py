"""Documents in every form give the same result, which is that of the program."""

import json
import random
import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wirecopy

COLUMNS = ("id", "text", "title", "date", "source")


def columns(rows):
    return {name: [row.get(name) for row in rows] for name in COLUMNS}


def forms(rows):
    table = pa.table(columns(rows))
    frame = pd.DataFrame(columns(rows))
    return {
        "dicts": rows,
        "generator": (row for row in rows),
        "table": table,
        "batch": pa.RecordBatch.from_pydict(columns(rows)),
        "reader": table.to_reader(max_chunksize=1),
        "batches": table.to_batches(max_chunksize=2),
        "large": table.cast(pa.schema([(name, pa.large_string()) for name in COLUMNS])),
        "views": table.cast(pa.schema([(name, pa.string_view()) for name in COLUMNS])),
        "dictionary": table.set_column(4, "source", table["source"].dictionary_encode()),
        "pandas": frame,
        "objects": frame.astype(object),
        "polars": pl.DataFrame(columns(rows)),
        "own table": wirecopy.cluster(rows, fields={"text": "text"}).documents and table,
    }


def test_every_form_gives_the_same_report(rows, tmp_path, comparable):
    reports = {}
    for name, form in forms(rows).items():
        path = tmp_path / f"{name}.jsonl"
        wirecopy.cluster(form).save(path)
        reports[name] = comparable(path)
    for name, report in reports.items():
        assert report == reports["dicts"], name


def test_report_equals_that_of_the_program_in_any_order(corpus, tmp_path, comparable):
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in corpus), encoding="utf-8")
    program = [sys.executable, "-m", "wirecopy", "cluster", str(path), "-q", "-o", str(tmp_path / "program.jsonl")]
    subprocess.run(program, check=True)
    expected = comparable(tmp_path / "program.jsonl")
    shuffled = random.Random(7).sample(corpus, len(corpus))
    for number, records in enumerate((corpus, shuffled, shuffled[::-1])):
        engine = wirecopy.Engine(threads=1 + number)
        for start in range(0, len(records), 37):
            engine.push(records[start : start + 37])
        engine.finish().save(tmp_path / "engine.jsonl")
        assert comparable(tmp_path / "engine.jsonl") == expected
    wirecopy.cluster([path]).save(tmp_path / "paths.jsonl")
    assert comparable(tmp_path / "paths.jsonl") == expected


DELIVERY = pa.struct([(name, pa.string()) for name in ("guid", "version", "status", "embargo", "signal", "slug", "credit")])


def test_tables_have_what_forms_say_of_items(items, tmp_path, comparable):
    schema = [(name, DELIVERY if name == "delivery" else pa.string()) for name in items[0]]
    table = pa.Table.from_pylist(items, pa.schema(schema))
    wirecopy.cluster(items).save(tmp_path / "rows.jsonl")
    wirecopy.cluster(table).save(tmp_path / "table.jsonl")
    expected = comparable(tmp_path / "rows.jsonl")
    assert comparable(tmp_path / "table.jsonl") == expected
    assert sum('"delivery"' in line for line in expected) == 4
    # Only records of `keep` have it.
    wirecopy.cluster(table.drop_columns("cluster")).save(tmp_path / "other.jsonl")
    assert not any('"delivery"' in line for line in comparable(tmp_path / "other.jsonl"))


def test_evidence_has_words(corpus):
    edges = wirecopy.cluster(corpus).edges.to_pylist()
    rewrites = [edge for edge in edges if edge["relation"] == "rewrite"]
    assert rewrites and all(edge["evidence"] for edge in rewrites)


def test_other_types_of_columns(rows, members):
    table = pa.table(
        {
            "key": pa.array([1, 2, 3]),
            "body": [row["text"] for row in rows],
            "day": pa.array(["2024-03-11", "2024-03-11", None]).cast(pa.date32()),
        }
    )
    result = wirecopy.cluster(table, fields={"id": "key", "text": "body", "date": "day"})
    assert members(result) == [["1", "2"]]
    published = {row["id"]: row["published"] for row in result.documents.to_pylist()}
    assert published == {"1": "2024-03-11", "2": "2024-03-11", "3": None}


def test_tables_go_to_other_packages(rows):
    result = wirecopy.cluster(rows)
    documents = pa.table(result.documents)
    assert documents.num_rows == len(result.documents) == 3
    assert documents.column_names == result.documents.column_names
    assert documents.to_pylist() == result.documents.to_pylist()
    frame = pl.DataFrame(result.edges)
    assert frame["a"].to_list() == ["a"] and frame["relation"].to_list() == ["copy"]
    frame = pd.DataFrame(result.clusters.to_pylist())
    assert [sorted(row) for row in frame["members"]] == [["a", "b"]]


def test_frames_need_no_pyarrow():
    script = """
import sys
sys.modules["pyarrow"] = None
import pandas, polars, wirecopy
rows = {"id": ["a", "b", "c"], "text": ["The pier is closed until the spring, said the board."] * 2 + [None]}
for frame in (pandas.DataFrame(rows), polars.DataFrame(rows)):
    result = wirecopy.cluster(frame)
    print(len(result.documents), len(result.clusters), len(result.skipped), polars.DataFrame(result.documents).height)
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "2 1 1 2\n" * 2, found.stderr


def test_documents_know_their_cluster(rows):
    result = wirecopy.cluster(rows)
    [cluster] = result.clusters.to_pylist()
    by_id = {row["id"]: row for row in result.documents.to_pylist()}
    assert by_id["a"]["cluster"] == by_id["b"]["cluster"] == cluster["cluster"]
    assert by_id["c"]["cluster"] is None and by_id["c"]["representative"] is None
    assert sorted([by_id["a"]["representative"], by_id["b"]["representative"]]) == [False, True]


def test_files_and_pages(rows, tmp_path):
    result = wirecopy.cluster(rows, with_texts=True)
    result.save(tmp_path / "run.csv", all=True)
    assert (tmp_path / "run.csv").read_text().count("\n") == 4
    result.save(tmp_path / "run.txt")
    assert "Ferry captain praised" in (tmp_path / "run.txt").read_text()
    result.save(tmp_path / "run.jsonl")
    assert "turned her ship around" in (tmp_path / "run.jsonl").read_text()
    assert result.page(tmp_path / "page.html") == []
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(ValueError, match="must be jsonl, csv or text"):
        result.save(tmp_path / "x", format="xlsx")
    with pytest.raises(ValueError, match="unknown extension .xlsx"):
        result.save(tmp_path / "run.xlsx")
    with pytest.raises(OSError, match="cannot write"):
        result.save(tmp_path / "missing" / "run.jsonl")


def test_compare(rows):
    comparison = wirecopy.compare(rows[0], rows[1]["text"])
    assert comparison.relation == "copy" and comparison.score > 0.5 and comparison.verdict
    assert wirecopy.compare(rows[0], rows[2]).relation is None
    assert wirecopy.compare({"body": "One pier."}, "One pier.", fields={"text": "body"}).relation == "identical"
    with pytest.raises(ValueError, match="the second document: .*no field"):
        wirecopy.compare(rows[0], {"title": "x"})
    with pytest.raises(TypeError, match="not a int"):
        wirecopy.compare(rows[0], 7)


def test_command_line():
    def program(*arguments):
        return subprocess.run([sys.executable, "-m", "wirecopy", *arguments], capture_output=True, text=True)

    found = program("--version")
    assert found.returncode == 0 and wirecopy.__version__ in found.stdout
    found = program("cluster", "missing-folder")
    assert found.returncode == 2 and "missing-folder" in found.stderr
    assert "Usage: wirecopy" in program("--help").stdout

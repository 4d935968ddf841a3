"""The job on Spark finds what the program finds, whatever the partitions, the order and the batches.

It runs on Sail, which speaks Spark's protocol and needs no Java: ``pip install pysail pyspark-client==4.2.0 "pandas<3"``. Or on what
the environment variable WIRECOPY_SPARK names: a server such as ``sc://localhost:15002``, or a master such as
``local-cluster[2,1,1024]``, for which the package is ``pyspark``, and SPARK_HOME its folder.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys

import pytest
from conftest import ROOT
from test_docs import BLOCK

import wirecopy

#: The server or master to use instead of Sail.
NAMED = os.environ.get("WIRECOPY_SPARK", "")
if not NAMED:
    pytest.importorskip("pysail", reason="NOT TESTED: the job on Spark, since pysail is missing")
pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyspark", reason="NOT TESTED: the job on Spark, since pyspark-client is missing")
from wirecopy import spark as on_spark  # noqa: E402

_remote = []
FIELDS = ["id", "title", "date", "source", "url", "language", "text"]


@pytest.fixture(scope="module")
def session():
    """A session on Sail, or on what WIRECOPY_SPARK names."""
    from pyspark.sql import SparkSession

    remote, server = NAMED, None
    if NAMED and not NAMED.startswith("sc://"):
        options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4"}
        session = SparkSession.builder.master(NAMED).config(map=options).getOrCreate()
        yield session
        session.stop()
        return
    if not remote:
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer(port=0)
        server.start(background=True)
        remote = "sc://localhost:{}".format(server.listening_address[1])
    session = SparkSession.builder.remote(remote).getOrCreate()
    _remote.extend(["--remote", remote])
    yield session
    session.stop()
    if server:
        server.stop()


def rows_of_corpus(folder):
    """The documents of the corpus as rows."""
    path = str(folder / "run.jsonl")
    wirecopy.cluster(str(ROOT / "corpus"), with_texts=True).save(path)
    with open(path, encoding="utf-8") as lines:
        documents = [line for line in map(json.loads, lines) if line["type"] == "document"]
    return [{name: document.get(name) for name in FIELDS} for document in documents]


def generated(folder, documents):
    path = str(folder / "generated.jsonl")
    command = [sys.executable, "-m", "wirecopy", "bench", "--generate", str(documents), "-o", path, "-q"]
    subprocess.run(command, check=True)
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def of_program(rows, folder):
    """The lines of the program's report over rows as JSON lines on standard input."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    report = folder / "expected.jsonl"
    command = [sys.executable, "-m", "wirecopy", "cluster", "-", "-q", "-o", str(report)]
    # 3 says that rows were skipped.
    assert subprocess.run(command, input=lines.encode()).returncode in (0, 3)
    return comparable(report.read_text(encoding="utf-8").splitlines())


def comparable(lines):
    """The lines that do not depend on the command or the time, sorted, without path and record."""
    place = re.compile(r'"path":"[^"]*","record":(\d+|null),?')
    kinds = ("document", "skipped", "boilerplate", "edge", "cluster")
    start = tuple(f'{{"type":"{kind}"' for kind in kinds)
    return sorted(place.sub("", line) for line in lines if line.startswith(start))


def of_spark(session, rows, folder, *, partitions=2, seed=0, **arguments):
    # A number as id is written like a text.
    rows = [{name: value if value is None else str(value) for name, value in row.items()} for row in rows]
    random.Random(seed).shuffle(rows)
    schema = pa.schema([(name, pa.string()) for name in rows[0]])
    df = session.createDataFrame(pa.Table.from_pylist(rows, schema)).repartition(partitions)
    result = on_spark.cluster(df, work=str(folder / f"work-{random.random()}"), **{"buckets": 4, **arguments})
    return result, comparable(row.line for row in result.lines.collect())


def test_items_of_agencies_give_the_report_of_the_program(session, tmp_path, items):
    expected = of_program(items, tmp_path)
    assert sum('"delivery"' in line for line in expected) == 4
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    result = on_spark.cluster(session.read.json(str(path)), work=str(tmp_path / "work"), buckets=2)
    assert_same(comparable(row.line for row in result.lines.collect()), expected)


def test_versions_of_an_item_are_related_whatever_they_share(session, tmp_path, items):
    one, two = "alpha bravo charlie delta echo foxtrot golf hotel india", "ένας δύο τρεις τέσσερις πέντε έξι επτά οκτώ εννέα"
    numbers = ["".join(random.Random(seed).choices("abcdefgh ", k=400)) for seed in range(12)]
    rows = [{**items[0], "id": "a", "text": one}, {**items[1], "id": "b", "text": two}, {**items[1], "id": "c", "text": one}]
    rows += [{**items[5], "id": f"z{at}", "text": text} for at, text in enumerate(numbers)]
    expected = of_program(rows, tmp_path)
    assert any('"a":"b","b":"c"' in line.replace(" ", "") for line in expected)
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = on_spark.cluster(session.read.json(str(path)), work=tmp_path / "work", buckets=2)
    assert_same(comparable(row.line for row in result.lines.collect()), expected)


def assert_same(found, expected):
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    assert not missing and not extra, (len(missing), len(extra), missing[:2], extra[:2])
    assert found == expected


VARIATIONS = [
    {"partitions": 1, "buckets": 1},
    {"partitions": 2, "seed": 1, "batch": 1},
    {"partitions": 7, "seed": 2, "batch": 100, "pairs_at_once": 0},
    {"partitions": 7, "seed": 3, "batch": 10_000, "buckets": 13, "memory": 1 << 20},
]


@pytest.mark.parametrize("variation", VARIATIONS, ids=str)
def test_corpus_as_rows_gives_the_report_of_the_program(session, tmp_path_factory, variation):
    rows, expected = corpus(tmp_path_factory)
    result, found = of_spark(session, rows, tmp_path_factory.mktemp("spark"), **variation)
    assert_same(found, expected)
    assert result.summary["documents"] == len([line for line in expected if line.startswith('{"type":"document"')])


@pytest.mark.parametrize("variation", VARIATIONS[1:], ids=str)
def test_generated_documents_give_the_report_of_the_program(session, tmp_path_factory, variation):
    if "generated" not in _reports:
        folder = tmp_path_factory.mktemp("generated")
        rows = generated(folder, 2000)
        _reports["generated"] = rows, of_program(rows, folder)
    rows, expected = _reports["generated"]
    _, found = of_spark(session, rows, tmp_path_factory.mktemp("spark"), **variation)
    assert_same(found, expected)


def test_limits_that_only_large_runs_reach_change_nothing(session, tmp_path_factory, monkeypatch):
    from wirecopy.spark import _job

    for name, limit in {"_IDS": 40, "_KEYED": 50, "_TOKENS": 3000, "_CHECKS": 50, "_BLOCK": 8}.items():
        monkeypatch.setattr(_job, name, limit)
    rows, expected = corpus(tmp_path_factory)
    _, found = of_spark(session, rows, tmp_path_factory.mktemp("spark"), buckets=1)
    assert_same(found, expected)


_reports = {}


def corpus(tmp_path_factory):
    """The rows of the corpus with some that are skipped, and the program's report."""
    if "corpus" not in _reports:
        folder = tmp_path_factory.mktemp("corpus")
        skipped = [{**dict.fromkeys(FIELDS), "id": id, "text": text} for id, text in (("none", None), ("blank", " \n "), ("dots", "…"))]
        rows = rows_of_corpus(folder) + skipped
        _reports["corpus"] = rows, of_program(rows, folder)
    return _reports["corpus"]


# Sail in one process does not run a task again.
@pytest.mark.skipif(not NAMED.startswith("local-cluster"), reason="NOT TESTED: workers that die, since WIRECOPY_SPARK names no local-cluster")
@pytest.mark.parametrize("adaptive", ["true", "false"])
def test_workers_that_die_change_nothing(session, tmp_path_factory, monkeypatch, adaptive):
    from pyspark import cloudpickle

    from wirecopy.spark import _functions

    died = tmp_path_factory.mktemp("died")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    for name in ("mapped", "grouped"):
        monkeypatch.setattr(_functions, name, dying(getattr(_functions, name), str(died)))
    session.conf.set("spark.sql.adaptive.enabled", adaptive)
    rows, expected = corpus(tmp_path_factory)
    _, found = of_spark(session, rows, tmp_path_factory.mktemp("spark"))
    assert_same(found, expected)
    assert len(list(died.iterdir())) > 10


def dying(make, folder):
    """Makes functions whose first call in any worker ends that worker; a file for each says that it has been called."""

    def outer(*arguments):
        run = make(*arguments)
        mark = f"{folder}/{random.getrandbits(64)}"

        def once(data):
            if not os.path.exists(mark):
                open(mark, "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return run(data)

        return once

    return outer


def test_rows_with_one_id_are_resolved_by_length(session, tmp_path):
    long = "The pier of Port Aldmoor is closed until the spring, said the board of the harbour on Monday, after a storm."
    rows = [{"id": "a", "text": long}, {"id": "a", "text": long[:60]}, {"id": "a", "text": long[:60]}, {"id": None, "text": long[:40]}]
    result, _ = of_spark(session, rows, tmp_path)
    rows = result.documents.collect()
    documents = {row.id: row.duplicate_id for row in rows}
    assert len(rows) == len(documents) == 4
    [cluster] = result.clusters.collect()
    assert sorted(cluster.members) == sorted(documents)
    edges = {(edge.a, edge.b) for edge in result.edges.collect()}
    assert edges and all(a < b and {a, b} <= set(documents) for a, b in edges)
    assert documents.pop("a") is None
    assert sorted(documents.values(), key=str) == [None, "a", "a"]
    assert all(id.startswith("-#") for id in documents)


def test_tables_have_the_columns_of_a_run_on_one_machine(session, tmp_path_factory):
    rows, _ = corpus(tmp_path_factory)
    result, _ = of_spark(session, rows, tmp_path_factory.mktemp("spark"))
    single = wirecopy.cluster(rows)
    for name, order in (("clusters", "cluster"), ("edges", "a"), ("documents", "id")):
        expected = single_rows(getattr(single, name), order)
        found = [row.asDict() for row in getattr(result, name).collect()]
        found.sort(key=lambda row: (row[order], str(row.get("b"))))
        assert found == [{key: row[key] for key in found[0]} for row in expected], name
    reasons = [row.reason for row in result.skipped.collect()]
    assert len(reasons) == 3 and all(reasons)


def single_rows(table, order):
    rows = table.to_pylist()
    return sorted(rows, key=lambda row: (row[order], str(row.get("b"))))


def test_mistakes_are_exceptions_before_anything_runs(session, tmp_path):
    df = session.createDataFrame([("a", "x")], "id string, body string")
    with pytest.raises(ValueError, match="no column `text`.*`body`"):
        on_spark.cluster(df, work=str(tmp_path))
    with pytest.raises(TypeError, match="threshhold"):
        on_spark.cluster(df, work=str(tmp_path), fields={"text": "body"}, threshhold=0.5)
    with pytest.raises(ValueError, match="match.threshold"):
        on_spark.cluster(df, work=str(tmp_path), fields={"text": "body"}, threshold=7)
    with pytest.raises(TypeError, match="DataFrame of Spark, not builtins.list"):
        on_spark.cluster([{"text": "x"}], work=str(tmp_path))
    df = session.createDataFrame([(["a"], 1)], "key array<string>, body int")
    with pytest.raises(TypeError, match="column `body` is of type Int32, not text"):
        on_spark.cluster(df, work=str(tmp_path), fields={"text": "body"})
    df = session.createDataFrame([(["a"], "x")], "key array<string>, body string")
    with pytest.raises(TypeError, match="column `key` is of type List"):
        on_spark.cluster(df, work=str(tmp_path), fields={"id": "key", "text": "body"})
    df = session.createDataFrame([("x",)], "text string")
    for wrong in ({"batch": -1}, {"buckets": 0}, {"memory": 0}, {"pairs_at_once": -1}, {"work": ""}):
        with pytest.raises(ValueError, match="at least|work is empty"):
            on_spark.cluster(df, **{"work": str(tmp_path), **wrong})
    for wrong in ({"batch": 1.5}, {"buckets": "4"}, {"memory": "2G"}, {"pairs_at_once": None}):
        with pytest.raises(TypeError, match="whole number"):
            on_spark.cluster(df, **{"work": str(tmp_path), **wrong})
    assert not list(tmp_path.iterdir())


def test_frames_without_documents_give_an_empty_report(session, tmp_path):
    df = session.createDataFrame([("a", None), ("b", " ")], "id string, text string")
    result = on_spark.cluster(df, work=str(tmp_path), buckets=2)
    assert [row.kind for row in result.skipped.collect()] == ["empty", "empty"]
    assert result.clusters.count() == 0 and result.edges.count() == 0 and result.documents.count() == 0


def test_code_of_the_guide(session, tmp_path, rows, monkeypatch, capsys):
    if _remote:
        monkeypatch.setenv("SPARK_REMOTE", _remote[1])
    names = ("id", "title", "date", "source", "text")
    table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
    session.createDataFrame(table).write.parquet(str(tmp_path / "news"))
    code, _ = BLOCK.findall((ROOT / "docs" / "spark.md").read_text(encoding="utf-8"))[0]
    exec(compile(code.replace("hdfs:///", f"{tmp_path}/").replace("news/", f"{tmp_path}/news/"), "spark.md", "exec"), {})
    assert "source" in capsys.readouterr().out
    assert session.read.text(str(tmp_path / "reports" / "run-1")).count() == 5


@pytest.mark.parametrize("form", ["rows.jsonl", "rows.parquet"])
def test_files_are_read_and_tables_written(session, tmp_path, rows, form, capsys):
    from wirecopy.spark.__main__ import main

    path, output = tmp_path / form, tmp_path / "out"
    named = [{"key": row["id"], "text": row["text"], "source": row["source"]} for row in rows]
    if form.endswith("jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in named), encoding="utf-8")
    else:
        session.createDataFrame(pa.Table.from_pylist(named)).write.parquet(str(path))
    arguments = [str(path), str(output), *_remote, "--buckets", "2", "--set", 'fields={"id": "key"}', "--set", "strictness=strict"]
    main(arguments)
    assert json.loads(capsys.readouterr().out)["lines"] == {"cluster": 1, "document": 3, "edge": 1}
    clusters = session.read.parquet(str(output / "clusters")).collect()
    assert [sorted(cluster.members) for cluster in clusters] == [["a", "b"]]
    lines = [json.loads(row.value) for row in session.read.text(str(output / "report")).collect()]
    assert sorted(line["type"] for line in lines) == ["cluster", "document", "document", "document", "edge"]
    # A mistake in a setting is found first.
    for wrong, message in (("windw=3", 'no setting "windw"'), ('fields={"text": "body"}', "no column `body`: the frame has")):
        with pytest.raises(SystemExit):
            main([str(path), str(tmp_path / "other"), *_remote, "--set", wrong])
        assert message in capsys.readouterr().err
    assert not (tmp_path / "other").exists()
    # The input is never replaced.
    for source, target in ((str(output / "documents"), str(output)), (str(path), str(path))):
        with pytest.raises(SystemExit):
            main([source, target, *_remote, "--overwrite"])
        assert "are one folder, or one is in the other" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path / "missing"), str(tmp_path / "other"), *_remote])
    assert not (tmp_path / "other").exists()
    capsys.readouterr()
    # What exists is replaced only if that is asked for.
    with pytest.raises(SystemExit):
        main(arguments)
    assert "report already exists: choose another OUTPUT" in capsys.readouterr().err
    main([*arguments, "--overwrite"])
    assert session.read.parquet(str(output / "documents")).count() == 3

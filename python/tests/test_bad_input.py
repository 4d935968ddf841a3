"""What is wrong is an exception, or a skipped row with its reason; never a crash."""

import datetime
import uuid
import io
import math
import os
import signal
import subprocess
import sys
import textwrap
import threading

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wirecopy
from conftest import BRIDGE, FERRY


def reasons(result):
    return [(row["record"], row["kind"], row["reason"]) for row in result.skipped.to_pylist()]


def test_missing_values_are_skipped_with_a_reason():
    texts = [None, math.nan, "", "  ", FERRY]
    for docs in ([{"text": text} for text in texts], pd.DataFrame({"text": texts})):
        result = wirecopy.cluster(docs)
        assert len(result.documents) == 1
        assert [(record, kind) for record, kind, _ in reasons(result)] == [(number, "empty") for number in range(1, 5)]
    missing = {"id": None, "title": math.nan, "date": pd.NaT, "source": pd.NA, "text": FERRY}
    [row] = wirecopy.cluster([missing]).documents.to_pylist()
    assert (row["id"], row["title"], row["published"], row["source"]) == ("-#1", None, None, None)


def test_wrong_types_in_rows():
    result = wirecopy.cluster([{"text": 7}, {"text": ["One paragraph.", "Another one."]}, {"text": FERRY, "id": 7}])
    [(record, kind, reason)] = reasons(result)
    assert (record, kind) == (1, "no_text_field") and "is a number, not a string" in reason
    assert "7" in [row["id"] for row in result.documents.to_pylist()]
    for row in (None, 7, "text", [FERRY], b"text"):
        with pytest.raises(TypeError, match="a document is a dict"):
            wirecopy.Engine().push([{"text": FERRY}, row])
    with pytest.raises(TypeError, match="field 'id': a field of a document cannot be"):
        wirecopy.cluster([{"text": FERRY, "id": object()}])
    key = uuid.UUID(int=7)
    [row] = wirecopy.cluster([{"text": FERRY, "id": key, "raw": b"x", "all": {1, 2}}]).documents.to_pylist()
    assert row["id"] == str(key)
    day = datetime.datetime(2024, 3, 11, 14, 20)
    [row] = wirecopy.cluster([{"text": FERRY, "date": day}]).documents.to_pylist()
    assert row["published"] == "2024-03-11T14:20:00"


def test_rows_before_a_wrong_one_are_added():
    engine = wirecopy.Engine()
    with pytest.raises(TypeError, match="not None"):
        engine.push([{"text": f"{FERRY} {number}"} for number in range(1500)] + [None])
    assert len(engine.finish().documents) == 1500


def test_frames_with_columns_of_several_types():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": [FERRY, FERRY], "extra": [1, "a"], "raw": [b"x", {1}]})
    assert len(wirecopy.cluster(frame).clusters) == 1


@pytest.mark.parametrize("options", [{"threads": -1}, {"memory": -1}, {"memory": "-1G"}])
def test_numbers_out_of_range(options):
    with pytest.raises(ValueError, match="has to be 0 or more"):
        wirecopy.cluster([{"text": FERRY}], **options)


@pytest.mark.parametrize("docs", [None, 7, object()])
def test_what_is_not_documents(docs):
    with pytest.raises(TypeError, match="documents are dicts, Arrow data or a frame"):
        wirecopy.cluster(docs)


def test_wrong_columns():
    with pytest.raises(ValueError, match="no column `text`: the table has `body`, `id`"):
        wirecopy.cluster(pa.table({"body": [FERRY], "id": ["a"]}))
    for column, kind in (([1], "Int64"), ([b"x"], "Binary"), ([[FERRY]], "List")):
        with pytest.raises(TypeError, match=f"column `text` is of type {kind}"):
            wirecopy.cluster(pa.table({"text": column}))
    with pytest.raises(TypeError, match="column `id`"):
        wirecopy.cluster(pa.table({"text": [FERRY], "id": [[1]]}))


def test_nothing_at_all():
    for docs in ([], iter(()), pd.DataFrame(), pl.DataFrame(), pa.table({}), pa.table({"text": pa.array([], pa.string())})):
        result = wirecopy.cluster(docs)
        assert (len(result.documents), len(result.clusters), len(result.edges), len(result.skipped)) == (0, 0, 0, 0)
    # A column of missing values only.
    assert len(wirecopy.cluster(pa.table({"text": pa.nulls(3)})).skipped) == 3


def test_long_texts(members):
    long = " ".join(f"word{number % 50_000} is here" for number in range(600_000))
    assert len(long) > 10_000_000
    result = wirecopy.cluster([{"id": "a", "text": long}, {"id": "b", "text": long}])
    assert members(result) == [["a", "b"]]
    result = wirecopy.cluster([{"text": long}], max_document_bytes=1_000_000)
    assert reasons(result)[0][1] == "too_large"


def test_strange_texts():
    texts = ["\ud800 half of a pair", "\0\0 padded", "\ufffd" * 500, "<p>Page</p>" * 50, "👩‍👩‍👧" * 100, "-" * 1000]
    result = wirecopy.cluster([{"text": text} for text in texts])
    assert len(result.documents) + len(result.skipped) == len(texts)


def test_duplicate_ids(members):
    docs = [{"id": "x", "text": FERRY[:-20]}, {"id": "x", "text": FERRY}, {"id": "y", "text": BRIDGE}]
    for order in (docs, docs[::-1]):
        rows = wirecopy.cluster(order).documents.to_pylist()
        assert sum(row["duplicate_id"] == "x" for row in rows) == 1
        [longest] = [row for row in rows if row["id"] == "x"]
        assert longest["duplicate_id"] is None and longest["tokens"] == max(row["tokens"] for row in rows)


def test_exception_in_an_iterator_is_raised_as_it_is():
    def rows():
        yield {"text": FERRY}
        raise LookupError("the queue is gone")

    with pytest.raises(LookupError, match="the queue is gone"):
        wirecopy.cluster(rows())
    engine = wirecopy.Engine()
    with pytest.raises(LookupError):
        engine.push(rows())
    # What it yielded before was added.
    engine.push({"text": BRIDGE})
    assert len(engine.finish().documents) == 2


def test_failing_and_closed_readers():
    schema = pa.schema([("text", pa.string())])

    def batches():
        yield pa.record_batch({"text": [FERRY]})
        raise RuntimeError("the disk is on fire")

    with pytest.raises(wirecopy.Error, match="the disk is on fire"):
        wirecopy.cluster(pa.RecordBatchReader.from_batches(schema, batches()))
    out = io.BytesIO()
    with pa.ipc.new_stream(out, schema) as writer:
        writer.write_batch(pa.record_batch({"text": [FERRY]}))
    file = pa.PythonFile(io.BytesIO(out.getvalue()), mode="r")
    reader = pa.ipc.open_stream(file)
    file.close()
    with pytest.raises(wirecopy.Error, match="the record batch reader failed"):
        wirecopy.cluster(reader)
    # A reader gives its rows once.
    reader = pa.table({"text": [FERRY]}).to_reader()
    assert len(wirecopy.cluster(reader).documents) == 1


def test_settings_are_checked():
    with pytest.raises(TypeError, match="there is no setting \"treshold\""):
        wirecopy.cluster([], treshold=0.5)
    with pytest.raises(ValueError, match="match.threshold"):
        wirecopy.cluster([], threshold=2)
    with pytest.raises(ValueError, match="match.threshold: invalid type"):
        wirecopy.cluster([], threshold="high")
    with pytest.raises(ValueError, match="500M or 2G"):
        wirecopy.cluster([], memory="lots")
    with pytest.raises(FileNotFoundError):
        wirecopy.cluster([], model="missing.json")
    with pytest.raises(FileNotFoundError):
        wirecopy.cluster("missing-folder")
    assert wirecopy.settings()["threshold"] == 0.5


def test_settings_apply(rows, members):
    relations = {
        threshold: wirecopy.cluster(rows, threshold=threshold).edges.to_pylist()[0]["relation"] for threshold in (0.5, 0.99)
    }
    assert relations == {0.5: "copy", 0.99: "excerpt"}
    assert members(wirecopy.cluster(rows, memory="1M", strictness="wide")) == [["a", "b"]]


def test_finished_engine_takes_nothing():
    engine = wirecopy.Engine()
    engine.finish()
    with pytest.raises(wirecopy.Error, match="finished"):
        engine.push([{"text": FERRY}])
    with pytest.raises(wirecopy.Error, match="finished"):
        engine.finish()


def test_progress_is_reported_and_its_exception_ends_the_run(corpus):
    seen = []
    wirecopy.cluster(corpus, progress=lambda *event: seen.append(event))
    stages = [stage for stage, _, _ in seen]
    assert {"read", "join", "verify", "cluster", "evidence"} <= set(stages)
    assert all(isinstance(done, int) and (total is None or done <= total) for _, done, total in seen)

    def progress(stage, done, total):
        raise LookupError(stage)

    with pytest.raises(LookupError):
        wirecopy.cluster(corpus, progress=progress)


def test_two_engines_in_two_threads_do_not_mix(rows, members):
    results = {}

    def work(name, docs, **settings):
        for _ in range(20):
            engine = wirecopy.Engine(**settings)
            for row in docs:
                engine.push(row)
            results.setdefault(name, set()).add(str(members(engine.finish())))

    threads = [
        threading.Thread(target=work, args=("both", rows)),
        threading.Thread(target=work, args=("one", rows[1:]), kwargs={"keep_boilerplate": True}),
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert results == {"both": {"[['a', 'b']]"}, "one": {"[]"}}


def test_threads_push_into_one_engine(corpus, members):
    engine = wirecopy.Engine()
    threads = [threading.Thread(target=engine.push, args=(corpus[part::4],)) for part in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert members(engine.finish()) == members(wirecopy.cluster(corpus))


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_a_run():
    script = textwrap.dedent("""
        import itertools, sys, wirecopy
        def rows():
            for number in itertools.count():
                if number == 3000:
                    print("running", flush=True)
                yield {"text": f"The ferry number {number} sails again on the lake, said the board of the harbour."}
        try:
            wirecopy.cluster(rows())
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "running\n"
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline() == "stopped\n"
    assert child.wait(30) == 0

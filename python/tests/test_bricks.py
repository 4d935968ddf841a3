"""The functions of distributed runs over Arrow tables: what they return does not depend on how rows are dealt to batches."""

import json

import pytest
from conftest import BRIDGE, FERRY

from wirecopy import Error, _wirecopy

pa = pytest.importorskip("pyarrow")


@pytest.fixture
def bricks():
    return _wirecopy.Bricks(json.dumps({"window": 3}))


@pytest.fixture
def documents(bricks, corpus):
    rows = pa.Table.from_pylist([{key: record.get(key) for key in ("id", "text", "title", "date", "source")} for record in corpus])
    table = pa.table(_wirecopy.read(bricks, rows)).filter(pa.compute.field("skipped").is_null()).sort_by("id")
    return table.append_column("uid", pa.array(range(table.num_rows), pa.int64()))


def pieces(table, size):
    return [table.slice(start, size) for start in range(0, table.num_rows, size)]


def joined(tables):
    return pa.concat_tables([pa.table(table) for table in tables])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_maps_do_not_depend_on_batches(bricks, documents, size):
    for name, arguments in (("band_keys", (8, 5)), ("sampled_keys", (8, 5))):
        whole = pa.table(getattr(_wirecopy, name)(bricks, documents, *arguments))
        parts = joined(getattr(_wirecopy, name)(bricks, piece, *arguments) for piece in pieces(documents, size))
        order = [(column, "ascending") for column in whole.column_names]
        assert parts.sort_by(order) == whole.sort_by(order)


def test_sums_do_not_depend_on_batches(bricks, documents):
    whole = _wirecopy.Features(14)
    whole.add(documents)
    parts = []
    for piece in pieces(documents, 30):
        counts = _wirecopy.Features(14)
        counts.add(piece)
        parts.append(counts.parts())
    assert pa.table(_wirecopy.merge_features(joined(parts))) == pa.table(whole.parts())

    terms = []
    for piece in [documents, *pieces(documents, 30)]:
        counts = _wirecopy.Terms()
        counts.add(piece)
        terms.append(pa.table(counts.rows()))
    sums = pa.concat_tables(terms[1:]).group_by(["language", "term"]).aggregate([("count", "sum")])
    key = lambda row: tuple(-1 if value is None else value for value in row)  # noqa: E731
    rows = lambda table: sorted(zip(*(table[name].to_pylist() for name in table.column_names)), key=key)  # noqa: E731
    assert rows(sums.select(["language", "term", "count_sum"])) == rows(terms[0].select(["language", "term", "count"]))


def test_rows_are_found_again_by_their_keys(bricks):
    rows = pa.table({"id": ["a", "b", None, "a"], "text": [FERRY, BRIDGE, BRIDGE, FERRY]})
    read = pa.table(_wirecopy.read(bricks, rows))
    assert read["row"] == pa.table(_wirecopy.row_keys(bricks, rows))["row"]
    keys = read["row"].to_pylist()
    assert keys[0] == keys[3] and len(set(keys)) == 3
    assert read["id"].to_pylist()[2] == f"-#{keys[2] % 2**64:016x}"


def test_longest_document_keeps_a_contested_id(bricks):
    read = pa.table(_wirecopy.read(bricks, pa.table({"id": ["a", "a", "a"], "text": [BRIDGE[:50], BRIDGE, BRIDGE[:50]]})))
    settled = pa.table(_wirecopy.settle(read)).sort_by("n")
    ids = settled["id"].to_pylist()
    assert ids[2] == "a" and ids[1] != ids[0] and all(id.startswith("-#") for id in ids[:2])


def test_wrong_input_is_an_exception(bricks, documents):
    with pytest.raises(ValueError, match="no column `tokens`"):
        _wirecopy.band_keys(bricks, documents.select(["uid"]), 8, 5)
    with pytest.raises(Error, match="damaged"):
        _wirecopy.band_keys(bricks, pa.table({"uid": [1], "tokens": [b"x"]}), 8, 5)
    with pytest.raises(TypeError, match="uid"):
        _wirecopy.band_keys(bricks, pa.table({"uid": [[1]], "tokens": [b"x"]}), 8, 5)
    with pytest.raises(Error, match="damaged"):
        _wirecopy.Learned(bricks, [b"x"])
    with pytest.raises(Error, match="damaged"):
        _wirecopy.Weights(b"x")
    pairs = {"a": [1], "b": pa.array([2], pa.int64()), "verbatim": [True], "header": pa.array([None], pa.binary())}
    with pytest.raises(Error, match="not in its component"):
        _wirecopy.collapse(bricks, pa.table({**pairs, "tokens": pa.array([None], pa.binary())}), None)

"""The code of the documentation works as it is typed."""

import contextlib
import doctest
import io
import json
import re

import pytest

import wirecopy
from conftest import ROOT

BLOCK = re.compile(r"^```python\n(.*?)^```(?:\n+```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["python/README.md", "docs/python.md"])
def test_blocks_of_code_print_what_is_shown(name, tmp_path, monkeypatch, corpus):
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    with open(tmp_path / "records.jsonl", "w", encoding="utf-8") as out:
        out.writelines(json.dumps(record) + "\n" for record in corpus)
    monkeypatch.chdir(tmp_path)
    scope = {}
    blocks = BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert blocks
    for code, expected in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, name, "exec"), scope)
        if expected:
            assert printed.getvalue() == expected, code


def test_docstrings():
    assert doctest.testmod(wirecopy).attempted > 5
    assert doctest.testmod(wirecopy).failed == 0


def test_everything_public_is_described():
    for name in wirecopy.__all__:
        public = getattr(wirecopy, name)
        assert isinstance(public, str) or public.__doc__, name

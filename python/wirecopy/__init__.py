"""Finds the copies in a collection of news: identical texts, reprints, excerpts, versions and rewrites of one dispatch.

    >>> import wirecopy
    >>> text = "The ferry Meltem sank off Ordu on Wednesday. Its captain was praised for saving 17 sailors."
    >>> result = wirecopy.cluster([{"id": "a", "text": text}, {"id": "b", "text": text.upper()}])
    >>> [cluster["members"] for cluster in result.clusters.to_pylist()]
    [['a', 'b']]

Settings are keyword arguments with the names that they have in ``wirecopy.toml``, without their tables:
``threshold=0.6``, ``window=3``, ``fields={"text": "body"}``. `settings` returns all of them with their defaults.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Union
from uuid import UUID

from . import _fields, _wirecopy
from ._wirecopy import Error, Table, __version__

__all__ = ["Comparison", "Engine", "Error", "Result", "Table", "__version__", "cluster", "compare", "settings"]

#: Documents: rows as dicts, an Arrow table, record batch or reader, a frame of pandas or polars.
Documents = Union[Iterable[Mapping[str, Any]], Mapping[str, Any], Any]
#: Is called with the name of a stage, how much of it is done, and how much there is to do, if that is known.
Progress = Callable[[str, int, "int | None"], Any]
#: The path of a folder or a file.
Path = Union[str, "os.PathLike[str]"]

#: Rows that are passed on at a time.
_ROWS = 1024
#: The format that an extension stands for.
_FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", "": "jsonl", ".csv": "csv", ".txt": "text"}
_SIZES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def settings() -> dict[str, Any]:
    """Returns every setting with its default. ``docs/settings.md`` of the project explains them."""
    return json.loads(_wirecopy.defaults())


def cluster(
    docs: Documents | Path | Iterable[Path],
    *,
    threads: int = 0,
    memory: int | str | None = None,
    temp_dir: Path | None = None,
    passages: bool = False,
    with_texts: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> Result:
    """Finds the copies among documents.

    Args:
        docs: Documents, or the paths of folders and files. Documents are rows, with the columns ``id``, ``text``, ``title``,
            ``date``, ``source``, ``url``, ``language`` and ``byline``, of which only ``text`` is needed; ``fields`` chooses
            other names. See `Engine.push` for their forms.
        threads: Number of threads; 0 uses one for each core.
        memory: About how many bytes to use, such as ``"2G"``. What exceeds it goes to temporary files. The result does not change.
        temp_dir: The folder for temporary files, instead of the system's.
        passages: Whether the report says which passages of a document occur in other members of its cluster.
        with_texts: Whether the report holds the texts.
        progress: A function that is called as ``progress(stage, done, total)``. An exception that it raises ends the run.
        settings: Settings by name; see `settings`.

    Returns:
        What was found. It does not depend on the order of the documents or the number of threads.

    Raises:
        TypeError: A setting does not exist, or the documents are of a type that cannot be read.
        ValueError: A setting is out of its range, or no column holds texts.
        OSError: A path does not exist.
        Error: The run cannot go on, for example because a temporary file cannot be written.

    Documents that cannot be used, such as those without text, are no errors: `Result.skipped` says why.
    """
    options = _options(threads, memory, temp_dir, passages, with_texts)
    if _is_path(docs):
        docs = [docs]
    elif isinstance(docs, Iterable) and not (_is_arrow(docs) or _is_frame(docs) or isinstance(docs, Mapping)):
        rows = iter(docs)
        first = list(islice(rows, 1))
        docs = chain(first, rows)
        if first and _is_path(first[0]):
            docs = list(docs)
    if isinstance(docs, list):
        paths = [os.fspath(path) for path in docs]
        return Result(_wirecopy.cluster_paths(_json(settings), options, paths, progress))
    engine = Engine._with(options, settings)
    engine.push(docs)
    return engine.finish(progress=progress)


class Engine:
    """A run over documents that come in pieces.

    >>> engine = Engine(window=3)
    >>> engine.push([{"id": 1, "text": "The pier is closed until the spring, said the board of the harbour."}])
    >>> engine.push({"id": 2, "text": "The pier is closed until the spring, said the board of the harbour."})
    >>> len(engine.finish().clusters)
    1

    Several threads may push at once. The result does not depend on the order.
    """

    _engine: _wirecopy.Engine
    _settings: dict[str, Any]

    def __init__(
        self,
        *,
        threads: int = 0,
        memory: int | str | None = None,
        temp_dir: Path | None = None,
        passages: bool = False,
        with_texts: bool = False,
        **settings: Any,
    ) -> None:
        """Creates an engine. The arguments are those of `cluster`."""
        options = _options(threads, memory, temp_dir, passages, with_texts)
        self._open(options, settings)

    @classmethod
    def _with(cls, options: dict[str, Any], settings: dict[str, Any]) -> Engine:
        engine = cls.__new__(cls)
        engine._open(options, settings)
        return engine

    def _open(self, options: dict[str, Any], settings: dict[str, Any]) -> None:
        self._engine = _wirecopy.Engine(_json(settings), options)
        self._settings = settings

    def push(self, batch: Documents) -> None:
        """Adds documents.

        Args:
            batch: One of

                * a dict, or any iterable of dicts, of which only one thousand are held at a time;
                * an Arrow record batch, table or record batch reader of any package: what has ``__arrow_c_array__`` or
                  ``__arrow_c_stream__``, which polars frames have, too; or an iterable of them;
                * a frame of pandas, with pyarrow or without.

        Missing values (None, NaN, NaT, NA) count as missing. Records are numbered from 1 in the order of the pushes, and a
        document without an id is named after its number. If several documents have one id, the longest keeps it.

        If an iterable or a reader raises an exception, or a row is wrong, what came before was added. A field that is not needed
        may hold anything.

        Raises:
            TypeError: A row is not a dict, or a column is of a type that cannot hold its field.
            ValueError: No column holds texts.
            Error: A record batch reader failed, or the engine is finished.
        """
        if _is_frame(batch):
            if _is_arrow(batch):
                try:
                    capsule = batch.__arrow_c_stream__()
                except (ImportError, TypeError, ValueError):
                    # pyarrow is missing, or a column has values of several types, perhaps one that is not needed.
                    pass
                else:
                    self._engine.push_arrow(_Stream(capsule))
                    return
            for start in range(0, len(batch), _ROWS):
                self._push_rows(batch.iloc[start : start + _ROWS].to_dict("records"))
            return
        if _is_arrow(batch):
            self._engine.push_arrow(batch)
            return
        if isinstance(batch, Mapping):
            batch = [batch]
        if isinstance(batch, (str, bytes)) or not isinstance(batch, Iterable):
            raise TypeError(f"documents are dicts, Arrow data or a frame, not {_named(batch)}")
        rows = iter(batch)
        for first in rows:
            if _is_arrow(first):
                # A batch holds many rows, so only one is held at a time.
                self.push(first)
                continue
            some = [first]
            try:
                some.extend(islice(rows, _ROWS - 1))
            finally:
                self._push_rows(some)

    def _push_rows(self, rows: list[Any]) -> None:
        lines = []
        try:
            for row in rows:
                if not isinstance(row, Mapping):
                    raise TypeError(f"a document is a dict, not {_named(row)}")
                lines.append(self._line(row))
        finally:
            # The rows before a wrong one are added.
            self._engine.push_json(lines)

    def _line(self, row: Mapping[str, Any]) -> str:
        try:
            return json.dumps(_plain_keys(row), ensure_ascii=False, default=_plain)
        except TypeError:
            kept = {name: value for name, value in row.items() if self._is_kept(name, value)}
            return json.dumps(kept, ensure_ascii=False, default=_plain)

    def _is_kept(self, name: str, value: Any) -> bool:
        """Whether a field of a row is kept: one that cannot be converted is an error, or is left out if it is not needed."""
        try:
            json.dumps(value, default=_plain)
        except TypeError as error:
            # Of a field within another, the outer one is needed.
            needed = {own.split(".")[0] for own in _fields.names(self._settings).values()}
            if name in needed.union(_fields.FIXED, _fields.KEPT):
                raise TypeError(f"field {name!r}: {error}") from None
            return False
        return True

    def finish(self, *, progress: Progress | None = None) -> Result:
        """Finds the copies among the documents. After that, the engine takes no more."""
        return Result(self._engine.finish(progress))


class Result:
    """What a run found.

    Tables are Arrow data that other packages take without a copy: ``pyarrow.table(result.edges)``,
    ``polars.DataFrame(result.edges)``, ``pandas.DataFrame(result.edges.to_pylist())``.
    """

    def __init__(self, found: _wirecopy.Found) -> None:
        self._found = found

    @property
    def clusters(self) -> Table:
        """One row for each cluster, largest first: ``cluster``, ``size``, ``title``, ``representative``, ``earliest``, ``credits``,
        ``members``."""
        return self._found.clusters

    @property
    def edges(self) -> Table:
        """One row for each pair that is related: ``a``, ``b``, ``relation``, ``score``, ``jaccard``, ``containment_a``,
        ``containment_b``, ``evidence``."""
        return self._found.edges

    @property
    def documents(self) -> Table:
        """One row for each document: ``id``, its ``cluster`` if it is in one, its ``relation`` and ``score`` towards the
        representative, the share that is ``copied`` from other members, and what is known of the document."""
        return self._found.documents

    @property
    def skipped(self) -> Table:
        """One row for each input that is not a document: ``path``, ``record`` (its number), ``kind``, ``reason``."""
        return self._found.skipped

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, stages and seconds: the last line of the report."""
        return json.loads(self._found.summary)

    def save(self, path: Path, *, format: str | None = None, all: bool = False) -> None:
        """Writes the report, as the program writes it with ``-o``.

        Args:
            path: The file. It is replaced once the new one is complete.
            format: ``"jsonl"``, ``"csv"`` or ``"text"``; without it, the extension decides: ``.csv``, ``.txt``, ``.jsonl``, ``.ndjson``, ``.json`` or none.
            all: Whether a table has rows for documents that are in no cluster.
        """
        path = os.fspath(path)
        if format is None:
            extension = os.path.splitext(path)[1].lower()
            if extension not in _FORMATS:
                known = ", ".join(filter(None, _FORMATS))
                raise ValueError(f"{path}: unknown extension {extension}: use {known}, or choose the format with format=")
            format = _FORMATS[extension]
        if format not in ("jsonl", "csv", "text"):
            raise ValueError(f"format: {format!r}, which must be jsonl, csv or text")
        self._found.save(path, format, all)

    def page(self, path: Path) -> list[str]:
        """Writes the run as one self-contained HTML page. Returns the ids of documents whose text could not be read again."""
        return self._found.page(os.fspath(path))

    def __repr__(self) -> str:
        summary = self.summary
        return f"<wirecopy.Result: {summary['documents']} documents, {summary['clusters']} clusters, {summary['skipped']} skipped>"


class Comparison:
    """How two documents are related, and why."""

    def __init__(self, data: dict[str, Any]) -> None:
        #: Everything that is known, as ``wirecopy compare --format json`` prints it.
        self.data = data

    @property
    def relation(self) -> str | None:
        """``identical``, ``copy``, ``excerpt``, ``version``, ``rewrite`` or ``partial``; None if they are not related."""
        return self.data["relation"]

    @property
    def score(self) -> float:
        """How certain it is that both are one dispatch, from 0 to 1."""
        return self.data["score"]

    @property
    def verdict(self) -> str:
        """The relation and its reason in one sentence."""
        return self.data["verdict"]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """The features that the score is made of, with what each ``adds`` to it, in ``words``. Empty if none was needed."""
        return self.data["features"]

    @property
    def passages(self) -> list[dict[str, Any]]:
        """The two texts side by side."""
        return self.data["passages"]

    def __repr__(self) -> str:
        return f"<wirecopy.Comparison: {self.verdict}>"


def compare(a: Mapping[str, Any] | str, b: Mapping[str, Any] | str, **settings: Any) -> Comparison:
    """Explains how two documents are related.

    >>> text = "The pier is closed until the spring, said the board of the harbour on Monday."
    >>> compare(text, text.replace("Monday", "Tuesday")).relation
    'copy'

    Args:
        a: A document: a dict as for `cluster`, or only its text.
        b: The other one.
        settings: Settings by name; see `settings`.

    Raises:
        TypeError: A document is neither a dict nor a text, or a setting does not exist.
        ValueError: A document has no text, or a setting is out of its range.
    """
    names = _fields.names(settings)

    def document(one: Any) -> str:
        if isinstance(one, str):
            one = {names["text"]: one}
        if not isinstance(one, Mapping):
            raise TypeError(f"a document is a dict or a text, not {_named(one)}")
        return json.dumps(_plain_keys(one), default=_plain)

    return Comparison(json.loads(_wirecopy.compare(_json(settings), document(a), document(b))))


def _options(
    threads: int, memory: int | str | None, temp_dir: Path | None, passages: bool, with_texts: bool
) -> dict[str, Any]:
    memory = _bytes(memory)
    for name, number in (("threads", threads), ("memory", memory)):
        if number is not None and number < 0:
            raise ValueError(f"{name} has to be 0 or more, not {number}")
    return {
        "threads": threads,
        "memory": memory,
        "temp_dir": None if temp_dir is None else os.fspath(temp_dir),
        "passages": passages,
        "with_texts": with_texts,
        "command": ["wirecopy (Python)"],
    }


def _bytes(size: int | str | None) -> int | None:
    if not isinstance(size, str):
        return size
    number, unit = size.strip().lower().removesuffix("b").removesuffix("i"), 1
    if number and number[-1] in _SIZES:
        number, unit = number[:-1], _SIZES[number[-1]]
    try:
        return int(float(number) * unit)
    except (ValueError, OverflowError):
        raise ValueError(f"memory: {size!r} is not a size such as 500M or 2G") from None


def _json(settings: dict[str, Any]) -> str:
    return json.dumps(settings, default=_plain)


def _plain_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    return row if isinstance(row, dict) else dict(row)


def _plain(value: Any) -> Any:
    """Converts a value that JSON lacks."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    # Dates and times; numbers and texts of numpy; the missing value of pandas.
    for convert in ("isoformat", "tolist"):
        if callable(getattr(value, convert, None)):
            return getattr(value, convert)()
    if type(value).__name__ == "NAType":
        return None
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(f"a field of a document cannot be {_named(value)}")


class _Stream:
    """Arrow data that was taken from its owner."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _is_arrow(value: Any) -> bool:
    return hasattr(value, "__arrow_c_array__") or hasattr(value, "__arrow_c_stream__")


def _is_frame(value: Any) -> bool:
    return hasattr(value, "iloc") and hasattr(value, "to_dict")


def _named(value: Any) -> str:
    return f"a {type(value).__name__}" if value is not None else "None"

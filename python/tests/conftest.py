"""Documents for the tests. All are invented."""

import itertools
import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

FERRY = (
    "The captain of the ferry Meltem was praised on Monday for saving 17 sailors whose trawler sank in a storm off Cape Ordu. "
    "Captain Leyla Arslan turned her ship around within minutes of the distress call, the coastguard said. "
    "The trawler had left the harbour on Sunday evening despite a gale warning."
)
BRIDGE = (
    "The council of Lindmouth voted on Monday to lower the tolls on the old bridge from the first of May. "
    "Traders had asked for the change since the bypass was closed. The mayor said parking fees would make up for it."
)


@pytest.fixture
def rows():
    return [
        {"id": "a", "text": FERRY, "title": "Ferry captain praised", "date": "2024-03-11", "source": "Courier"},
        {"id": "b", "text": FERRY + " An inquiry was opened.", "date": "2024-03-11", "source": "Gazette"},
        {"id": "c", "text": BRIDGE, "source": "Courier"},
    ]


@pytest.fixture(scope="session")
def items():
    """Records as `wirecopy keep` writes them, with what an agency said of its items."""
    pier = "urn:newsml:agency.example:20240311:pier"
    delivered = [
        ("one", FERRY, {"guid": "urn:newsml:agency.example:20240311:ferry", "version": "1", "slug": "SHIP-RESCUE"}),
        ("two", FERRY + " An inquiry was opened.", {"guid": "urn:newsml:agency.example:20240311:ferry", "version": "2", "signal": "update"}),
        ("three", BRIDGE, {"guid": pier, "version": "3", "status": "canceled", "credit": " Agency  Example "}),
        ("four", "The pier of Port Aldmoor is closed until the spring, said the board.", {"guid": pier, "version": "2", "embargo": "2199-01-01T00:00:00Z"}),
        ("unknown status", "The lighthouse of Cape Ordu is for sale, said the coastguard.", {"guid": pier, "version": "4", "status": "lost"}),
        ("no delivery", "The museum of Lindmouth opens on Sunday after a year of repairs.", None),
        ("empty", "The market of Port Aldmoor moves to the old harbour in June.", {}),
    ]
    of_keep = {"path": "wire/items.xml", "record": None, "cluster": None}
    rows = [
        {"id": id, **of_keep, "date": "2024-03-11", "source": "Agency Example", "delivery": delivery, "text": text}
        for id, text, delivery in delivered
    ]
    # Without a path, the record is not one of `keep`.
    return [*rows, {**rows[3], "id": "no path", "path": None}]


@pytest.fixture
def members():
    """Returns the members of each cluster of a result."""

    def members(result):
        return sorted(sorted(cluster["members"]) for cluster in result.clusters.to_pylist())

    return members


@pytest.fixture(scope="session")
def corpus():
    """The corpus of the project as records: those of its JSON-lines files."""
    records = []
    for path in sorted((ROOT / "corpus").rglob("*.jsonl")):
        records += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, record in enumerate(records):
        record.setdefault("id", f"corpus-{number}")
    assert len(records) > 100
    return records


@pytest.fixture
def comparable():
    """Returns the sorted lines of a report, without what differs between runs."""

    def comparable(path):
        lines = []
        for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
            line = json.loads(line)
            for key in ("command", "started", "seconds", "peak_memory", "path", "record"):
                line.pop(key, None)
            for stage in line.get("stages", []):
                stage.pop("seconds")
            lines.append(json.dumps(line, sort_keys=True))
        return sorted(lines)

    return comparable

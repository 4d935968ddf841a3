"""Ten thousand small runs in one process: memory stays flat. For `.ci/long`.

Usage: python long_runs.py [RUNS]
"""

import os
import sys

import wirecopy

TEXT = "The captain of the ferry number {} was praised on Monday for saving 17 sailors whose trawler sank in a storm off Cape Ordu."


def resident() -> int:
    """Returns the memory of this process in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(number: int) -> None:
    rows = [{"id": str(copy), "text": TEXT.format(number)} for copy in range(4)]
    result = wirecopy.cluster(rows, threads=1 + number % 2)
    assert [cluster["size"] for cluster in result.clusters.to_pylist()] == [4]
    assert len(result.documents) == 4 and len(result.edges) == 3
    # Exceptions leave nothing behind either.
    try:
        wirecopy.cluster([{"text": TEXT}, None])
    except TypeError:
        pass


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    # Buffers of threads and of the interpreter reach their size in the first runs.
    for number in range(runs // 10):
        run(number)
    before = resident()
    for number in range(runs):
        run(number)
    grown = resident() - before
    print(f"{runs} runs: {before >> 20} MiB before, {grown / (1 << 20):+.1f} MiB after")
    if grown > 8 << 20:
        sys.exit("memory grows with the number of runs")


if __name__ == "__main__":
    main()

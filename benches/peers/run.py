#!/usr/bin/env python3
"""Compares wirecopy, rensa, gaoya and datasketch on one file of JSON lines.

Every run is a separate process, from the file to the clusters. The tools run in turn, so that other
load on the machine affects all of them. See README.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
PEERS = ["rensa", "gaoya", "datasketch"]
OURS = "wirecopy, copies"
EVERYTHING = "wirecopy, everything"
RELATIONS = ["identical", "copy", "excerpt", "rewrite"]
NEGATIVES = ["template", "follow_up"]


def arguments():
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--wirecopy", default="wirecopy", help="path of the program [wirecopy]")
    parser.add_argument("--corpus", type=Path, help="JSON lines with id and text [generated]")
    parser.add_argument("--gold", type=Path, help="lines of `id TAB family` [CORPUS.gold.tsv, if it exists]")
    parser.add_argument("--generate", type=int, default=20_000, metavar="N", help="size of the generated corpus [20000]")
    parser.add_argument("--seed", type=int, default=7, help="seed of the generated corpus [7]")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="number of rounds [3]")
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS, help="peers to run [all]")
    parser.add_argument("--timeout", type=float, default=600, help="maximum seconds per run [600]")
    parser.add_argument("--venv", type=Path, default=cache / "wirecopy-peers", help="virtual environment for the peers [%(default)s]")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


# Installation of the peers.


def environment(folder, peers):
    """Creates the virtual environment if necessary. Returns the version of each peer, or why it cannot run."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    states = {}
    for peer in peers:
        show = [python, "-c", f"import {peer}, importlib.metadata as m; print(m.version('{peer}'))"]
        shown = subprocess.run(show, capture_output=True, text=True)
        if shown.returncode:
            install = [python, "-m", "pip", "install", "--quiet", peer]
            installed = subprocess.run(install, capture_output=True, text=True)
            if installed.returncode:
                states[peer] = (None, "cannot be installed: " + last_line(installed.stderr))
                continue
            shown = subprocess.run(show, capture_output=True, text=True)
        if shown.returncode:
            states[peer] = (None, "cannot be loaded: " + last_line(shown.stderr))
        else:
            states[peer] = (shown.stdout.strip(), None)
    return python, states


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


# One run.


def run(command, timeout):
    """Runs a process. Returns its seconds, CPU seconds and peak bytes, or an error."""
    with tempfile.TemporaryFile("w+") as messages:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if seconds >= timeout:
            return {"error": f"ended after {timeout:g} s"}
        if process.returncode:
            messages.seek(0)
            return {"error": f"failed: {last_line(messages.read())}"}
    unit = 1 if sys.platform == "darwin" else 1024
    processor = usage.ru_utime + usage.ru_stime
    return {"seconds": seconds, "processor": processor, "peak_bytes": usage.ru_maxrss * unit}


def clusters_of(path):
    """Reads the cluster of each clustered document from a run report or from a peer's table."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("{"):
                identifier, cluster = line.rstrip("\n").rsplit("\t", 1)
                found[identifier] = cluster
            elif line.startswith('{"type":"cluster"'):
                cluster = json.loads(line)
                found.update((member["id"], cluster["cluster"]) for member in cluster["members"])
    return found


# Quality.


def pairs(counts):
    return sum(count * (count - 1) // 2 for count in counts)


def quality(found, families, relations):
    """Computes precision and recall of pairs of documents, and by relation of documents.
    
    A document counts as found if it is in one cluster with the `original` of its family. For templates
    and follow-ups, which are hard negatives, the figure is the share in a cluster with another family.
    """
    both = Counter((families[i], cluster) for i, cluster in found.items())
    clustered = pairs(Counter(found.values()).values())
    true = pairs(both.values())
    wanted = pairs(Counter(families.values()).values())
    figures = {"precision": true / max(clustered, 1), "recall": true / max(wanted, 1)}
    heads = {families[i]: i for i, relation in relations.items() if relation == "original"}
    mixed = defaultdict(set)
    for family, cluster in both:
        mixed[cluster].add(family)
    hits, all_of = Counter(), Counter(relations.values())
    for identifier, relation in relations.items():
        cluster = found.get(identifier)
        if cluster is None:
            continue
        if relation in NEGATIVES:
            hits[relation] += len(mixed[cluster]) > 1
        else:
            hits[relation] += found.get(heads.get(families[identifier])) == cluster
    for relation in RELATIONS + NEGATIVES:
        if all_of[relation]:
            figures[relation] = hits[relation] / all_of[relation]
    return figures


def gold_of(corpus, gold):
    """Reads families and relations by id; empty if there is no gold file."""
    gold = gold or corpus.with_name(corpus.name + ".gold.tsv")
    if not gold.exists():
        return {}, {}
    with open(gold, encoding="utf-8") as lines:
        families = dict(line.rstrip("\n").rsplit("\t", 1) for line in lines)
    relations = {}
    with open(corpus, encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            if "relation" in document:
                relations[document["id"]] = document["relation"]
    return families, relations


# The table.


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def share(figures, name):
    return f"{figures[name]:.3f}" if name in figures else "–"


def ratio_cells(tool):
    if "ratio" not in tool:
        return ["–", "–"]
    if tool["name"] == OURS:
        return ["1", "1"]
    ratio = f"{tool['ratio']:.2f}"
    if len(tool["rounds"]) > 1:
        ratio += f" ({tool['ratio_least']:.2f} to {tool['ratio_most']:.2f})"
    return [ratio, f"{tool['processor_ratio']:.2f}"]


def speed_row(tool):
    if "error" in tool:
        return [tool["name"], tool["error"]] + [""] * 6
    return [
        tool["name"],
        f"{tool['seconds']:.2f}",
        f"{tool['processor']:.2f}",
        f"{tool['documents_per_second']:,.0f}",
        f"{tool['peak_bytes'] / 1e6:.0f} MB",
        *ratio_cells(tool),
        f"{tool['clustered']:,} in {tool['clusters']:,}",
    ]


def summarise(name, documents, rounds, ours, found):
    """Computes medians over a tool's rounds. The ratio is the median of the ratios within each round."""
    errors = [run["error"] for run in rounds if "error" in run]
    if errors:
        return {"name": name, "error": errors[0]}
    tool = {key: median(run[key] for run in rounds) for key in rounds[0]}
    tool |= {"name": name, "documents_per_second": documents / tool["seconds"], "rounds": rounds}
    if all("error" not in run for run in ours):
        ratios = [a["seconds"] / b["seconds"] for a, b in zip(rounds, ours)]
        tool |= {"ratio": median(ratios), "ratio_least": min(ratios), "ratio_most": max(ratios)}
        work = [a["processor"] / b["processor"] for a, b in zip(rounds, ours)]
        tool["processor_ratio"] = median(work)
    return tool | {"clustered": len(found), "clusters": len(set(found.values()))}


def measure(options, folder):
    corpus = options.corpus
    if corpus is None:
        corpus = folder / "generated.jsonl"
        command = [options.wirecopy, "bench", "--generate", str(options.generate)]
        command += ["--seed", str(options.seed), "-o", str(corpus), "-q"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(corpus, "rb") as lines:
        documents = sum(1 for line in lines if line.strip())

    version = subprocess.run([options.wirecopy, "--version"], check=True, capture_output=True)
    python, states = environment(options.venv, options.peers)
    named = [f"{peer} {found}" for peer, (found, _) in states.items() if found]
    versions = ", ".join([version.stdout.decode().strip(), *named])
    versions += f", Python {platform.python_version()}"
    about = f"{documents:,} documents, {corpus.stat().st_size / 1e6:.0f} MB of JSON lines"
    about += f"; medians of {options.repeat}; {os.cpu_count()} cores"
    print(f"{versions}\n{about}\n", flush=True)

    commands = {
        OURS: [options.wirecopy, "cluster", corpus, "--no-rewrites", "-q", "-o"],
        EVERYTHING: [options.wirecopy, "cluster", corpus, "-q", "-o"],
    }
    for peer, (found, _) in states.items():
        if found:
            commands[f"{peer} {found}"] = [python, HERE / "peers.py", peer, corpus]

    rounds = {name: [] for name in commands}
    outputs = {name: folder / f"{at}.jsonl" for at, name in enumerate(commands)}
    for turn in range(options.repeat):
        order = list(commands)
        for name in order[turn % len(order) :] + order[: turn % len(order)]:
            if any("error" in run for run in rounds[name]):
                continue
            rounds[name].append(run([*commands[name], outputs[name]], options.timeout))
            print(f"round {turn + 1}: {name}: {rounds[name][-1]}", file=sys.stderr, flush=True)

    # Only now, because the system reports at least the memory of this process as a child's peak memory.
    families, relations = gold_of(corpus, options.gold)
    tools = []
    for name in commands:
        failed = "error" in rounds[name][-1]
        found = {} if failed else clusters_of(outputs[name])
        tools.append(summarise(name, documents, rounds[name], rounds[OURS], found))
        if families and not failed:
            tools[-1]["quality"] = quality(found, families, relations)
    tools += [{"name": peer, "error": why} for peer, (_, why) in states.items() if why]
    return {"versions": versions, "about": about, "documents": documents, "tools": tools}


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options, Path(folder))
    tools = figures["tools"]
    head = ["tool", "seconds", "CPU s", "documents/s", "peak memory"]
    head += ["time vs ours", "CPU vs ours", "clustered"]
    print(table(head, map(speed_row, tools)))
    scored = [tool for tool in tools if "quality" in tool]
    if scored:
        columns = ["precision", "recall", *RELATIONS, *NEGATIVES]
        rows = [[t["name"], *(share(t["quality"], column) for column in columns)] for t in scored]
        titles = ["tool", "pair precision", "pair recall", *RELATIONS, "template ↓", "follow-up ↓"]
        print("\n" + table(titles, rows))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Runs one peer from a file of JSON lines to clusters: peers.py NAME CORPUS OUT

Every peer gets the same words (lower-cased `\\w+`), the same features (shingles of five words), 128
permutations and the threshold 0.5. Candidates from its index are checked on the signatures, as its
documentation recommends, and joined by union-find. OUT gets a line `id TAB cluster` for each document
that shares a cluster with another.
"""

import json
import re
import sys
from collections import Counter

SHINGLE = 5
THRESHOLD = 0.5
PERMUTATIONS = 128
BATCH = 2000
WORD = re.compile(r"\w+")


def read(path):
    ids, texts = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            ids.append(document["id"])
            texts.append(document["text"])
    return ids, texts


def shingles(text):
    words = WORD.findall(text.lower())
    if len(words) < SHINGLE:
        return {" ".join(words)}
    return set(map(" ".join, zip(*(words[start:] for start in range(SHINGLE)))))


class Groups:
    """Union-find over document numbers."""

    def __init__(self, count):
        self.parent = list(range(count))

    def find(self, x):
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)


def rensa(texts, groups):
    """Full-set R-MinHash in batches. Of the bandings that divide 128, 32 bands of 4 rows fit 0.5 best."""
    from rensa import RMinHash, RMinHashLSH

    hashes = []
    for start in range(0, len(texts), BATCH):
        sets = [list(shingles(text)) for text in texts[start : start + BATCH]]
        hashes += RMinHash.from_token_sets(sets, num_perm=PERMUTATIONS, seed=42)
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=32)
    index.insert_many(hashes)
    for a, found in enumerate(index.query_all(hashes)):
        for b in found:
            # The check is expensive, so pairs that are already connected are skipped.
            if a < b and groups.find(a) != groups.find(b):
                if hashes[a].jaccard(hashes[b]) >= THRESHOLD:
                    groups.join(a, b)


def datasketch(texts, groups):
    """MinHash.bulk with a C hash function of the standard library, then the optimised index."""
    from zlib import crc32

    from datasketch import MinHash, MinHashLSH

    sets = ([shingle.encode() for shingle in shingles(text)] for text in texts)
    hashes = MinHash.bulk(sets, num_perm=PERMUTATIONS, hashfunc=crc32)
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for a, signature in enumerate(hashes):
        for b in index.query(signature):
            if groups.find(a) != groups.find(b) and signature.jaccard(hashes[b]) >= THRESHOLD:
                groups.join(a, b)
        index.insert(a, signature)


def gaoya(texts, groups):
    """Words joined by spaces, so that gaoya's own parallel analyser forms the same shingles.
    
    From 128 hashes and the threshold, it chooses 42 bands of 3 rows.
    """
    from gaoya.minhash import MinHashStringIndex

    texts = [" ".join(WORD.findall(text.lower())) for text in texts]
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=None,
        band_size=None,
        num_hashes=PERMUTATIONS,
        analyzer="word",
        ngram_range=(SHINGLE, SHINGLE),
        id_container="smallvec",
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    for start in range(0, len(texts), BATCH):
        batch = index.par_bulk_query(texts[start : start + BATCH])
        for a, found in enumerate(batch, start):
            for b in found:
                groups.join(a, b)


PEERS = {"rensa": rensa, "datasketch": datasketch, "gaoya": gaoya}


def main(name, corpus, out):
    ids, texts = read(corpus)
    groups = Groups(len(ids))
    PEERS[name](texts, groups)
    roots = [groups.find(number) for number in range(len(ids))]
    sizes = Counter(roots)
    with open(out, "w", encoding="utf-8") as file:
        for identifier, root in zip(ids, roots):
            if sizes[root] > 1:
                file.write(f"{identifier}\t{root}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

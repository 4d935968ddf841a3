#!/usr/bin/env python3
"""Writes the word frequencies of every language in wordfreq as `language<TAB>word<TAB>frequency`, for `examples/background.rs`.

pip install wordfreq==3.1.1; python3 crates/wirecopy-background/background.py > words.tsv
The data of wordfreq is CC BY-SA 4.0 (Robyn Speer): see LICENSE.
"""

import wordfreq

for language in sorted(wordfreq.available_languages("best")):
    words = wordfreq.get_frequency_dict(language, "best")
    for word, frequency in sorted(words.items()):
        # wordfreq folds digits (2019 and 1848 are both 0000). Numbers are added below.
        if frequency >= 1e-7 and not any(c.isdigit() for c in word):
            print(f"{language}\t{word}\t{frequency:.3e}")

# wordfreq models the frequency of a number from its digits. English is used for all languages.
for number in range(10000):
    print(f"number\t{number}\t{wordfreq.word_frequency(str(number), 'en'):.3e}")

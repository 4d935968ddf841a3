#!/usr/bin/env python3
"""Writes the names of the days of the week in the languages of the press, Monday first, for `src/verify/weekdays.rs`.

pip install babel==2.18; python3 data/weekdays.py > data/weekdays.tsv
Names from the Unicode CLDR (Unicode License v3): see data/README.md. A few oblique forms are added by hand.
"""

from babel import Locale

LANGUAGES = """af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id is
it ja ka kk km kn ko ku ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn pa pl ps pt ro ru si sk sl so sq sr sv sw ta
te tg th tr uk ur uz vi xh yo yue zh zu""".split()
SHORT = {"zh", "yue", "ja"}
FALLBACK = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
MORE = {
    "ru": ["", "", "среду среды среде", "", "", "", ""], "uk": ["", "", "середу середи", "", "", "", "неділю неділі"],
    "be": ["", "", "сераду", "", "", "", "нядзелю"], "cs": ["", "", "středu středy", "", "", "", "neděli"],
    "sk": ["", "", "stredu", "", "", "", "nedeľu"], "pl": ["", "", "środę środy", "", "", "", ""],
    "hr": ["", "", "srijedu", "", "", "subotu", ""], "sr": ["", "", "среду", "", "", "суботу", ""],
    "sl": ["", "", "sredo", "", "", "soboto", ""], "mk": ["", "", "средата", "", "", "", ""],
}
print("# Names of the days of the week, Monday first. Language, then a cell a day: its names, separated by commas. Made by weekdays.py.")
for language in LANGUAGES:
    days = Locale.parse(language).days
    row = []
    for day in range(7):
        names = set(MORE.get(language, [""] * 7)[day].split())
        for context in days.values():
            for width in ("wide", "abbreviated") if language in SHORT else ("wide",):
                names.add(context.get(width, {}).get(day, "").lower())
        row.append(",".join(sorted(names - FALLBACK - {""})))
    if all(row):
        print(language, *row, sep="\t")

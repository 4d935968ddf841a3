#!/usr/bin/env python3
"""Writes the names of the months in the languages of the press, January first, for `src/dates/words.rs`.

pip install babel==2.18; python3 data/months.py > data/months.tsv
Names from the Unicode CLDR (Unicode License v3): see data/README.md. Forms missing from the CLDR are added by hand: spellings
and short forms used by newspapers, and the months of the Solar Hijri calendar (`fa-solar`, `ps-solar`).
"""

import re
import subprocess
import sys

LANGUAGES = """af am ar ar_DZ ar_LB ar_MA as ast az az_Cyrl be bg bn br bs bs_Cyrl ca cs cy da de de_AT el en es et eu fa fi
fil fo fr fy ga gd gl gu ha he hi hr hsb hu hy id ig is it ka kk km kn ku ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn
or pa pl ps pt rm ro ru sc sd se si sk sl so sq sr sr_Latn sv sw ta te tg th ti tk tr tt ug uk ur uz uz_Cyrl wo xh yo zu""".split()
# Languages whose press uses a calendar of its own, with other names of the months.
LEFT_OUT = {"am", "ti"}
SOLAR = {
    "fa-solar": "فروردین اردیبهشت خرداد تیر مرداد,امرداد شهریور مهر آبان آذر دی بهمن اسفند",
    "ps-solar": "حمل,وری ثور,غویی جوزا,غبرګولی سرطان,چنګاښ اسد,زمری سنبله,وږی میزان,تله عقرب,لړم قوس,لیندۍ جدی,مرغومی دلو,سلواغه حوت,کب",
}
MORE = {
    "en": "|||||||Augst|Sept|||", "de": "Jän,Jänner|Feber|Mrz|||||||||",
    "fr": "|fév,févr|||||juil,jul|aou||||", "es": "|febr||||||ag,agto|set,sept,setiembre|||",
    "it": "genn|febbr||||giu,giugn|lugl|ag|sett|ott||", "pt": "janeiro||março||||||||||",
    "nl": "|febr|mrt|||||||||", "ar": "|||ابريل,إبريل,نيسان|ايار,آيار||تموز,يوليه|اب,أغسطس,اغسطس|ايلول|تشرين اول,اكتوبر|تشرين ثاني|كانون اول",
    "ar_LB": "كانون ثاني,كانون الثانى|شباط|آذار,اذار|نيسان|أيار,ايار|حزيران|تموز|آب|أيلول|تشرين أول,تشرين الاول|تشرين ثان,تشرين الثانى|كانون أول,كانون الاول",
    "ar_DZ": "|فيفري||أفريل,افريل|||جويلية,جويليه|أوت,اوت||||",
    "hi": "|फरवरी,फ़रवरी|||||जुलाई|||अक्तूबर,अक्टूबर|नवम्बर,नवंबर|दिसम्बर,दिसंबर",
    "bn": "জানুয়ারি,জানুয়ারী|ফেব্রুয়ারি,ফেব্রুয়ারী||||||অগাস্ট,আগষ্ট,অগস্ট||||", "mr": "||||||||सप्टेंबर|||", "ne": "|फेब्रुअरी||||||||अक्टोबर||",
    "fa": "ژانویه|فوریه|||می,مه||جولای,ژوییه|آگوست,اگوست|||نومبر|دسمبر", "ur": "|||||||||||",
    "he": "||מרס|||||||||", "el": "Γενάρη||Μάρτη|Απρίλη|Μάη|Ιούνη|Ιούλη|Αύγουστο|Σεπτέμβρη|Οκτώβρη|Νοέμβρη,Νοεμ|Δεκέμβρη",
    "ru": "янв|фев|мар|апр||июн|июл|авг|сен,сент|окт|ноя,нояб|дек", "uk": "||||||||вер|||", "tr": "|Subat||||||Agustos|Eylul||Kasim|Aralik",
    "id": "|Pebruari||||||Agt,Agu,Agust|||Nopember|", "ms": "|||||||Ogo|||||",
    "fil": "|||||||||Okt|Nob|Dis", "pl": "|||||||||paźdz||", "cs": "||||||||zář,září|||", "ro": "||||||||sept|||",
    "sv": "|||||||||||", "hu": "||||||||szep||||", "ko": "||||||||||||",
    "ka": "იანვარს|თებერვალს|მარტს|აპრილს|მაისს|ივნისს|ივლისს|აგვისტოს|სექტემბერს|ოქტომბერს|ნოემბერს|დეკემბერს",
    "lv": "janvārī|februārī|martā|aprīlī|maijā|jūnijā|jūlijā|augustā|septembrī|oktobrī|novembrī|decembrī",
    "lt": "sausis|vasaris|kovas|balandis|gegužė|birželis|liepa|rugpjūtis|rugsėjis|spalis|lapkritis|gruodis",
    "fi": "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
    "eu": "urtarrilaren,urtarrilak|otsailaren,otsailak|martxoaren,martxoak|apirilaren,apirilak|maiatzaren,maiatzak|ekainaren,ekainak|uztailaren,uztailak|abuztuaren,abuztuak|irailaren,irailak|urriaren,urriak|azaroaren,azaroak|abenduaren,abenduak",
    "ml": "||||മേയ്,മെയ്||ജൂലായ്,ജൂലൈ|ഓഗസ്റ്റ്,ആഗസ്റ്റ്|സെപ്തംബർ|||", "te": "||||||జూలై,జులై|ఆగస్ట్,ఆగష్టు||||",
    "gu": "||||||||||||", "my": "|||||||ဩဂုတ်,သြဂုတ်||||", "sq": "||||||||shtatorit|||",
    "mn": "|||||||||||", "az": "||||||||sentyabr|||", "hr": "||||||||||studenog,studenoga|",
    "sr": "||||||||||||", "lo": "||||||||||||", "ku": "|||||||||||",
}


# Languages whose forms in the CLDR begin with "of".
PREFIXED = {"ca", "ast", "rm"}


def bare(name, tag):
    name = re.sub(r"[.’׳]+$", "", name)
    return re.sub(r"^(de |da |d’|d')", "", name) if tag in PREFIXED else name


def names(tag):
    from babel import Locale

    rows = [set() for _ in range(12)]
    for context in Locale.parse(tag).months.values():
        for width in ("wide", "abbreviated"):
            for month, name in context.get(width, {}).items():
                rows[month - 1].add(bare(name.lower(), tag))
    for month, more in enumerate(MORE.get(tag, "").split("|")[:12]):
        rows[month] |= {name.strip().lower() for name in more.split(",") if name.strip()}
    # Numbers and bare Roman numerals are not names.
    return [",".join(sorted(n for n in row if len(n) > 1 and not re.search(r"\d|^m\d\d$|^[ivx]+$", n))) for row in rows]


if len(sys.argv) > 1:
    print(sys.argv[1], *names(sys.argv[1]), sep="\t")
else:
    print("# Names of the months, January first. Language, then a cell a month: its names, separated by commas. `-solar` marks the Solar Hijri")
    print("# calendar, whose year begins in March. Made by months.py.")
    for tag in LANGUAGES:
        if tag in LEFT_OUT:
            continue
        # One process per language, since data that Babel loads for one language leaks into the next.
        row = subprocess.run([sys.executable, __file__, tag], capture_output=True, text=True).stdout.rstrip("\n")
        cells = row.split("\t")[1:]
        if len(cells) == 12 and all(cells):
            print(row)
        else:
            print(f"{tag}: left out", file=sys.stderr)
    for tag, row in SOLAR.items():
        print(tag, *row.split(), sep="\t")

//! The labels that Nexis, Factiva and ProQuest put before parts of an article, and the names of languages, in the languages in
//! which users download.

/// What a label of Nexis stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Headline,
    Byline,
    Section,
    /// The number of words: the last label before the text, mostly.
    Length,
    Dateline,
    /// A summary that the paper printed.
    Deck,
    /// Something else before the text.
    Before,
    Body,
    Language,
    Url,
    /// Something after the text, and nowhere else.
    After,
    /// Something after the text, but the word may also begin a paragraph.
    MaybeAfter,
    /// The date of the last change, after the text. The word may also begin a paragraph.
    Update,
}

/// Labels of Nexis in capitals, as they are in text and HTML. In Word documents they are in small letters.
const LABELS: &[(Label, &[&str])] = &[
    (
        Label::Headline,
        &["HEADLINE", "TITRE", "TITEL", "ÜBERSCHRIFT", "SCHLAGZEILE", "KOP", "TITULAR", "TITOLO"],
    ),
    (
        Label::Byline,
        &[
            "BYLINE",
            "AUTHOR",
            "AUTEUR",
            "AUTEURS",
            "AUTOR",
            "AUTOREN",
            "VERFASSER",
            "VON",
            "AUTORE",
            "NAAMREGEL",
        ],
    ),
    (
        Label::Section,
        &["SECTION", "RUBRIQUE", "RUBRIK", "RUBRIEK", "SECTIE", "SECCIÓN", "SECCION", "SEZIONE", "SEÇÃO"],
    ),
    (
        Label::Length,
        &[
            "LENGTH",
            "LONGUEUR",
            "LÄNGE",
            "LAENGE",
            "LENGTE",
            "LONGITUD",
            "EXTENSIÓN",
            "LUNGHEZZA",
            "COMPRIMENTO",
        ],
    ),
    (Label::Dateline, &["DATELINE", "ORIGINE-DEPECHE", "ORIGINE-DÉPÊCHE", "ORTSZEILE", "DATERING"]),
    (Label::Deck, &["HIGHLIGHT", "ENCART", "SOUS-TITRE", "UNTERTITEL"]),
    (
        Label::Before,
        &[
            "SERIES",
            "EDITION",
            "AUSGABE",
            "COLUMN",
            "CONTACT",
            "HIGHLIGHTS",
            "SUBSECTION",
            "DAY",
            "VERSION",
            "PAGE",
            "SEITE",
        ],
    ),
    (
        Label::Body,
        &[
            "BODY",
            "CORPS",
            "TEXT",
            "TEXTE",
            "VOLLTEXT",
            "HAUPTTEIL",
            "VOLLEDIGE TEKST",
            "CUERPO",
            "FULL TEXT",
        ],
    ),
    (Label::Language, &["LANGUAGE", "LANGUE", "SPRACHE", "TAAL", "IDIOMA", "LINGUA"]),
    (Label::Url, &["URL"]),
    (
        Label::After,
        &[
            "LOAD-DATE",
            "LOAD DATE",
            "DATE-CHARGEMENT",
            "DATE DE CHARGEMENT",
            "LADEDATUM",
            "UPDATE-DATUM",
            "LAADDATUM",
            "FECHA-CARGA",
            "FECHA-DE-CARGA",
            "PUBLICATION-TYPE",
            "PUBLICATION TYPE",
            "TYPE-PUBLICATION",
            "PUB-TYPE",
            "PUBLIKATIONSTYP",
            "PUBLICATIETYPE",
            "JOURNAL-CODE",
            "JOURNAL CODE",
            "ZEITUNGS-CODE",
            "CODE-JOURNAL",
            "DOCUMENT-TYPE",
            "TYPE-DOCUMENT",
            "DOC-TYPE",
            "ACC-NO",
            "CORRECTION-DATE",
            "GRAPHIC",
            "GRAPHIQUE",
            "GRAFIK",
            "GRAPHIK",
            "GRAFIEK",
            "GRÁFICO",
            "PUB-SUBJECT",
            "STOCK-SYMBOL",
            "SYMBOLE-BOURSIER",
            "GEO-LOCALIZATION",
            "LOCALISATION-GEO",
            "ACTIVITY-SECTOR",
            "SECTEUR-ACTIVITE",
            "BIBLIOGRAPHIE",
            "TRANSMISSION DATE",
            "CUSIP",
        ],
    ),
    (
        Label::MaybeAfter,
        &[
            "SUBJECT",
            "SUJET",
            "THEMA",
            "ORGANIZATION",
            "ORGANISATION",
            "COMPANY",
            "SOCIETE",
            "SOCIÉTÉ",
            "FIRMA",
            "TICKER",
            "INDUSTRY",
            "BRANCHE",
            "PERSON",
            "PERSONNE",
            "CITY",
            "STATE",
            "COUNTRY",
            "LAND",
            "PAYS",
            "GEOGRAPHIC",
            "REGION",
            "TYPE",
            "NAME",
            "CORRECTION",
            "NOTES",
            "CATEGORY",
            "DISTRIBUTION",
            "FACILITY",
            "KEYWORDS",
            "CODES",
            "COPYRIGHT",
        ],
    ),
    (Label::Update, &["UPDATE", "MISE-A-JOUR", "BIJGEWERKT"]),
];

/// Headings of Nexis Uni, each on a line of its own: the text begins.
const BODY_HEADINGS: [&str; 6] = ["Body", "Text", "Corps", "Volltext", "Cuerpo", "Hoofdtekst"];
/// Headings of Nexis Uni after the text.
const AFTER_HEADINGS: [&str; 8] = [
    "Classification",
    "Klassifizierung",
    "Classificatie",
    "Clasificación",
    "Graphic",
    "Grafik",
    "Graphique",
    "Notes",
];
/// The last line of an article of Nexis Uni.
const END: [&str; 9] = [
    "end of document",
    "ende des dokuments",
    "ende des dokumentes",
    "fin du document",
    "fin de document",
    "einde van document",
    "einde van het document",
    "fin del documento",
    "fine del documento",
];

/// Returns the label of Nexis at the start of a line, and the text after it. Labels are in capitals or, as in Word documents, in
/// small letters before a space that does not break.
pub(super) fn label(line: &str) -> Option<(Label, &str)> {
    let line = line.trim_start();
    let (name, rest) = line.split_once(':')?;
    if name.len() > 30 || name.is_empty() {
        return None;
    }
    let name = name.trim_end();
    let is_capital = !name.chars().any(char::is_lowercase);
    let upper = name.to_uppercase();
    let (label, _) = LABELS.iter().find(|(_, names)| names.contains(&upper.as_str()))?;
    let is_certain = rest.starts_with('\u{a0}') || *label == Label::After && upper.contains(['-', ' ']);
    // A time or an address is not a value.
    let is_value = *label == Label::Length || !rest.starts_with(|c: char| c == '/' || c.is_ascii_digit());
    if !(is_capital || is_certain) || !is_value {
        return None;
    }
    Some((*label, rest.trim()))
}

/// Returns whether a line begins with a word or two in capitals and a colon, as unknown labels do.
pub(super) fn is_like_label(line: &str) -> bool {
    let Some((name, rest)) = line.trim_start().split_once(':') else { return false };
    let is_sign = |c: char| c.is_uppercase() || matches!(c, '-' | ' ' | '/');
    (3..=30).contains(&name.len())
        && name.chars().all(is_sign)
        && (rest.is_empty() || rest.starts_with([' ', '\u{a0}']))
}

/// Returns whether a line is the heading of the text in an article of Nexis Uni.
pub(super) fn is_body_heading(line: &str) -> bool {
    BODY_HEADINGS.contains(&line.trim())
}

/// Returns whether a line is a heading after the text in an article of Nexis Uni.
pub(super) fn is_after_heading(line: &str) -> bool {
    AFTER_HEADINGS.contains(&line.trim())
}

/// Returns whether a line ends an article of Nexis Uni.
pub(super) fn is_end(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 30 && END.contains(&line.to_lowercase().as_str())
}

/// Returns the position and the number of documents in a line such as `3 of 10 DOCUMENTS`, `Dokument 3 von 10`.
pub(super) fn counter(line: &str) -> Option<(u32, u32)> {
    const OF: [&str; 7] = ["of", "von", "de", "van", "di", "av", "af"];
    let line = line.trim();
    let line = line.strip_prefix("FOCUS - ").unwrap_or(line);
    if line.len() > 60 {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let [a, b, c, d] = words[..] else { return None };
    let is_document = |word: &str| {
        let word = word.to_lowercase();
        word.starts_with("document") || word.starts_with("dokument")
    };
    let number = |word: &str| word.replace([',', '.', '\u{a0}'], "").parse::<u32>().ok();
    let (position, of, count) = if is_document(d) { (a, b, c) } else { (b, c, d) };
    if !is_document(d) && !is_document(a) || !OF.contains(&of.to_lowercase().as_str()) {
        return None;
    }
    Some((number(position)?, number(count)?))
}

/// Returns whether a line is a notice of copyright.
pub(super) fn is_copyright(line: &str) -> bool {
    let line = line.trim_start();
    let starts =
        |prefix: &str| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let is_dated = line.chars().filter(char::is_ascii_digit).count() >= 4;
    line.starts_with('©') || starts("(c)") || starts("copyright") && (is_dated || line.contains(['©', '(']))
}

/// Returns whether a line reserves all rights.
pub(super) fn reserves_rights(line: &str) -> bool {
    const RIGHTS: [&str; 9] = [
        "all rights reserved",
        "alle rechte vorbehalten",
        "tous droits réservés",
        "tous droits reserves",
        "todos los derechos reservados",
        "tutti i diritti riservati",
        "alle rechten voorbehouden",
        "todos os direitos reservados",
        "alle rettigheder forbeholdes",
    ];
    let line = line.to_lowercase();
    RIGHTS.iter().any(|rights| line.contains(rights))
}

/// Names of languages: the tag, then the names in languages in which users download.
const LANGUAGES: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "english",
            "anglais",
            "englisch",
            "inglés",
            "ingles",
            "inglese",
            "engels",
            "inglês",
            "angielski",
            "английский",
            "英语",
            "英文",
            "英語",
            "영어",
            "engelska",
            "engelsk",
        ],
    ),
    (
        "fr",
        &[
            "french",
            "français",
            "francais",
            "französisch",
            "francés",
            "francese",
            "frans",
            "francês",
            "francuski",
            "французский",
            "法语",
            "法文",
            "フランス語",
            "franska",
            "fransk",
        ],
    ),
    (
        "de",
        &[
            "german",
            "allemand",
            "deutsch",
            "alemán",
            "tedesco",
            "duits",
            "alemão",
            "niemiecki",
            "немецкий",
            "德语",
            "德文",
            "ドイツ語",
            "tyska",
            "tysk",
        ],
    ),
    (
        "es",
        &[
            "spanish",
            "espagnol",
            "spanisch",
            "español",
            "spagnolo",
            "spaans",
            "espanhol",
            "hiszpański",
            "испанский",
            "西班牙语",
            "西班牙文",
            "スペイン語",
            "spanska",
            "spansk",
        ],
    ),
    (
        "it",
        &[
            "italian",
            "italien",
            "italienisch",
            "italiano",
            "italiaans",
            "włoski",
            "итальянский",
            "意大利语",
            "意大利文",
            "イタリア語",
            "italienska",
            "italiensk",
        ],
    ),
    (
        "pt",
        &[
            "portuguese",
            "portugais",
            "portugiesisch",
            "portugués",
            "portoghese",
            "portugees",
            "português",
            "португальский",
            "葡萄牙语",
            "ポルトガル語",
        ],
    ),
    (
        "nl",
        &[
            "dutch",
            "néerlandais",
            "niederländisch",
            "neerlandés",
            "holandés",
            "olandese",
            "nederlands",
            "holandês",
            "нидерландский",
            "荷兰语",
            "オランダ語",
        ],
    ),
    (
        "sv",
        &["swedish", "suédois", "schwedisch", "sueco", "svedese", "zweeds", "svenska", "шведский", "瑞典语"],
    ),
    ("da", &["danish", "danois", "dänisch", "danés", "danese", "deens", "dansk", "датский", "丹麦语"]),
    (
        "no",
        &[
            "norwegian",
            "norvégien",
            "norwegisch",
            "noruego",
            "norvegese",
            "noors",
            "norsk",
            "норвежский",
            "挪威语",
        ],
    ),
    (
        "fi",
        &["finnish", "finnois", "finnisch", "finlandés", "finlandese", "fins", "suomi", "финский", "芬兰语"],
    ),
    ("pl", &["polish", "polonais", "polnisch", "polaco", "polacco", "pools", "polski", "польский", "波兰语"]),
    ("ru", &["russian", "russe", "russisch", "ruso", "russo", "русский", "俄语", "俄文", "ロシア語"]),
    ("uk", &["ukrainian", "ukrainien", "ukrainisch", "ucraniano", "ucraino", "українська", "украинский"]),
    ("cs", &["czech", "tchèque", "tschechisch", "checo", "ceco", "čeština"]),
    ("hu", &["hungarian", "hongrois", "ungarisch", "húngaro", "ungherese", "magyar"]),
    ("ro", &["romanian", "roumain", "rumänisch", "rumano", "rumeno", "română"]),
    ("tr", &["turkish", "turc", "türkisch", "turco", "türkçe", "турецкий", "土耳其语"]),
    ("ar", &["arabic", "arabe", "arabisch", "árabe", "arabo", "арабский", "阿拉伯语", "العربية"]),
    (
        "zh",
        &[
            "chinese",
            "chinois",
            "chinesisch",
            "chino",
            "cinese",
            "chinees",
            "中文",
            "汉语",
            "китайский",
            "simplified chinese",
            "traditional chinese",
            "chinese - simplified",
            "chinese - traditional",
            "chinese language",
            "chinois (simplifié)",
            "chinesisch - vereinfacht",
            "中文 - 简体",
            "中文 - 繁体",
            "中国語",
        ],
    ),
    (
        "ja",
        &["japanese", "japonais", "japanisch", "japonés", "giapponese", "日语", "日文", "日本語", "японский"],
    ),
    ("ko", &["korean", "coréen", "koreanisch", "coreano", "韩语", "韩文", "한국어", "корейский"]),
    ("id", &["indonesian", "indonésien", "indonesisch", "bahasa indonesia"]),
    ("ms", &["malay", "malais", "malaiisch", "bahasa malaysia"]),
    ("ca", &["catalan", "katalanisch", "catalán", "català"]),
    ("bg", &["bulgarian", "bulgare", "bulgarisch"]),
    ("sk", &["slovak", "slovaque", "slowakisch"]),
    ("hr", &["croatian", "croate", "kroatisch"]),
    ("el", &["greek", "grec", "griechisch", "griego", "greco", "ελληνικά"]),
    ("he", &["hebrew", "hébreu", "hebräisch"]),
    ("th", &["thai", "thaï", "thailändisch"]),
    ("vi", &["vietnamese", "vietnamien", "vietnamesisch"]),
    ("hi", &["hindi"]),
    ("fa", &["persian", "farsi"]),
    ("eu", &["basque", "baskisch"]),
];

/// Returns the tag of a language by its name: `de` for `GERMAN; DEUTSCH`. The first name that is known counts.
pub(super) fn language(names: &str) -> Option<String> {
    let known = |name: &str| {
        let name = name.trim().to_lowercase();
        LANGUAGES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(tag, _)| (*tag).to_owned())
    };
    known(names).or_else(|| names.split([';', ',', '/', '(', ')']).find_map(known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_in_capitals_or_before_a_space_that_does_not_break() {
        assert_eq!(label("BYLINE: Ann Example"), Some((Label::Byline, "Ann Example")));
        assert_eq!(label("LÄNGE: 512 Wörter"), Some((Label::Length, "512 Wörter")));
        assert_eq!(label(" BODY:"), Some((Label::Body, "")));
        assert_eq!(label("Load-Date:\u{a0}July 4, 2019"), Some((Label::After, "July 4, 2019")));
        assert_eq!(label("Load-Date: July 4, 2019"), Some((Label::After, "July 4, 2019")));
        assert_eq!(label("Byline:\u{a0}Ann"), Some((Label::Byline, "Ann")));
        for line in ["Byline: Ann", "Section: one", "EU: no", "TEXT:12", "Language: all of it", ""] {
            assert_eq!(label(line), None, "{line}");
        }
        assert!(is_like_label("ACC-NO: 12") && is_like_label("KÜRZEL:") && !is_like_label("Who: me"));
    }

    #[test]
    fn counters_are_read_in_several_languages() {
        for line in [
            "     3 of 10 DOCUMENTS",
            "3 of 10 DOCUMENT",
            "Dokument 3 von 10",
            "Document 3 de 10",
            "FOCUS - 3 of 10 DOCUMENTS",
            "Documento 3 di 10",
            "3 van 10 DOCUMENTEN",
            "Document 3 van 10",
        ] {
            assert_eq!(counter(line), Some((3, 10)), "{line}");
        }
        assert_eq!(counter("1,001 of 2,146 DOCUMENTS"), Some((1001, 2146)));
        for line in
            ["3 of 10 people", "Document de 10 pages", "one of 10 documents", "3 of 10 DOCUMENTS were found"]
        {
            assert_eq!(counter(line), None, "{line}");
        }
    }

    #[test]
    fn languages_are_read_in_several_languages() {
        for (names, tag) in [
            ("ENGLISH", "en"),
            ("GERMAN; DEUTSCH", "de"),
            ("Français", "fr"),
            ("Englisch", "en"),
            ("英文", "en"),
            ("SPANISH; ESPAÑOL", "es"),
            ("Dutch; Flemish", "nl"),
        ] {
            assert_eq!(language(names).as_deref(), Some(tag), "{names}");
        }
        assert_eq!(language("Klingon"), None);
    }

    #[test]
    fn notices_of_copyright_are_recognised() {
        assert!(
            is_copyright("Copyright 2010 Daily Sample")
                && is_copyright("© 2012 Le Jour.")
                && is_copyright("(c) Test company.")
        );
        assert!(!is_copyright("Copyright law is changing") && !is_copyright("The © sign"));
        assert!(reserves_rights("ALL RIGHTS RESERVED") && !reserves_rights("All rights are equal"));
    }

    proptest! {
        #[test]
        fn any_line_is_handled_without_panic(line in "\\PC{0,50}") {
            let _ = (label(&line), is_like_label(&line), counter(&line), is_end(&line), language(&line), is_copyright(&line));
        }
    }
}

//! The table of everything that is read: program and documentation print it.

use crate::Form;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The name in messages and tables.
    pub name: &'static str,
    /// The form; `None` for formats that are read elsewhere: texts, pages, JSON and tables.
    pub form: Option<Form>,
    /// Usual endings of file names. The content decides which form a file has.
    pub files: &'static [&'static str],
    /// What it gives besides the text, where the producer fills it in.
    pub provides: &'static [Provided],
    /// The feature without which files of this format are skipped.
    pub feature: Option<&'static str>,
    /// Whether its reader was tested on real files, rather than written from a specification only.
    pub tested: bool,
}

/// What a format can say of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provided {
    /// The headline.
    Title,
    /// The date of publication.
    Date,
    /// The publisher.
    Source,
    /// The author or sender.
    Byline,
    /// The agency to be named.
    Credit,
    /// The language.
    Language,
    /// The address.
    Url,
    /// An identifier, or a version number, that the versions of an item share.
    Version,
    /// Whether the item may be published, and why it was sent.
    Status,
}

impl Provided {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Title,
        Self::Date,
        Self::Source,
        Self::Byline,
        Self::Credit,
        Self::Language,
        Self::Url,
        Self::Version,
        Self::Status,
    ];

    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Date => "date",
            Self::Source => "source",
            Self::Byline => "byline",
            Self::Credit => "credit",
            Self::Language => "language",
            Self::Url => "url",
            Self::Version => "version",
            Self::Status => "status",
        }
    }
}

use Provided::{Byline, Credit, Date, Language, Source, Status, Title, Url, Version};

/// Returns a format that every build reads, tested on real files.
const fn always(name: &'static str, files: &'static [&'static str], provides: &'static [Provided]) -> Format {
    Format { name, form: None, files, provides, feature: None, tested: true }
}

/// Returns a form that agencies send or sites publish, tested on real files.
const fn wire(
    name: &'static str,
    form: Form,
    files: &'static [&'static str],
    provides: &'static [Provided],
) -> Format {
    Format { name, form: Some(form), files, provides, feature: Some("wire"), tested: true }
}

/// Returns an export, tested on real files.
const fn export(
    name: &'static str,
    form: Form,
    files: &'static [&'static str],
    provides: &'static [Provided],
) -> Format {
    Format { name, form: Some(form), files, provides, feature: Some("exports"), tested: true }
}

/// Everything that is read.
pub const FORMATS: [Format; 36] = [
    always("plain text", &[".txt", ".text"], &[Title, Date]),
    always("Markdown", &[".md", ".markdown"], &[Title, Date, Source, Byline, Language, Url]),
    Format {
        feature: Some("html"),
        ..always("web page", &[".html", ".htm", ".xhtml"], &[Title, Date, Source, Byline, Language, Url])
    },
    always("JSON", &[".json"], &[Title, Date, Source, Byline, Language, Url]),
    always("JSON lines", &[".jsonl", ".ndjson"], &[Title, Date, Source, Byline, Language, Url]),
    always("CSV", &[".csv"], &[Title, Date, Source, Byline, Language, Url]),
    always("TSV", &[".tsv"], &[Title, Date, Source, Byline, Language, Url]),
    Format {
        feature: Some("parquet"),
        ..always("Parquet", &[".parquet"], &[Title, Date, Source, Byline, Language, Url])
    },
    Format {
        feature: Some("parquet"),
        ..always("Arrow", &[".arrow", ".feather", ".arrows"], &[Title, Date, Source, Byline, Language, Url])
    },
    wire(
        "NewsML 1",
        Form::NewsMl1,
        &[".xml"],
        &[Title, Date, Source, Byline, Credit, Language, Version, Status],
    ),
    wire("NewsML-G2", Form::NewsMlG2, &[".xml"], &Provided::ALL),
    wire(
        "NITF",
        Form::Nitf,
        &[".xml", ".nitf"],
        &[Title, Date, Source, Byline, Language, Url, Version, Status],
    ),
    Format { form: None, ..wire("ninjs", Form::NewsMlG2, &[".json"], &Provided::ALL) },
    Format {
        form: None,
        ..wire(
            "digitalwires",
            Form::NewsMlG2,
            &[".json"],
            &[Title, Date, Source, Byline, Credit, Language, Version, Status],
        )
    },
    Format {
        tested: false,
        ..wire("RSS", Form::Rss, &[".rss", ".xml"], &[Title, Date, Source, Byline, Language, Url, Version])
    },
    Format {
        tested: false,
        ..wire("Atom", Form::Atom, &[".atom", ".xml"], &[Title, Date, Source, Byline, Language, Url, Version])
    },
    wire("WordPress export", Form::Wxr, &[".xml"], &[Title, Date, Source, Byline, Language, Url, Version]),
    wire(
        "Factiva XML",
        Form::FactivaXml,
        &[".xml"],
        &[Title, Date, Source, Byline, Credit, Language, Version],
    ),
    wire("IPTC 7901", Form::Iptc7901, &[".txt"], &[Title, Date, Source, Byline, Credit, Status]),
    wire("ANPA 1312", Form::Anpa1312, &[".txt", ".tst"], &[Title, Date, Source, Byline, Credit, Status]),
    Format {
        tested: false,
        ..wire("telex", Form::Telex, &[".txt"], &[Title, Date, Source, Byline, Credit, Status])
    },
    export("Nexis text", Form::NexisText, &[".txt"], &[Title, Date, Source, Byline, Language, Url]),
    export("Nexis HTML", Form::NexisHtml, &[".html"], &[Title, Date, Source, Byline, Language, Url]),
    export("Nexis Word document", Form::NexisDocx, &[".docx"], &[Title, Date, Source, Byline, Language, Url]),
    Format {
        tested: false,
        ..export("Nexis RTF", Form::NexisRtf, &[".rtf"], &[Title, Date, Source, Byline, Language, Url])
    },
    Format {
        tested: false,
        ..export(
            "Factiva text",
            Form::FactivaText,
            &[".txt"],
            &[Title, Date, Source, Byline, Credit, Language],
        )
    },
    export("Factiva HTML", Form::FactivaHtml, &[".html"], &[Title, Date, Source, Byline, Credit, Language]),
    Format {
        tested: false,
        ..export("Factiva RTF", Form::FactivaRtf, &[".rtf"], &[Title, Date, Source, Byline, Credit, Language])
    },
    Format {
        tested: false,
        ..export("RTF document", Form::Rtf, &[".rtf"], &[Title, Date, Source, Byline, Credit, Language, Url])
    },
    export("Europresse HTML", Form::EuropresseHtml, &[".html"], &[Title, Date, Source, Byline, Url]),
    Format {
        tested: false,
        ..export(
            "ProQuest text",
            Form::ProQuestText,
            &[".txt"],
            &[Title, Date, Source, Byline, Credit, Language, Url],
        )
    },
    export(
        "ProQuest HTML",
        Form::ProQuestHtml,
        &[".html"],
        &[Title, Date, Source, Byline, Credit, Language, Url],
    ),
    export("mail", Form::Mail, &[".eml"], &[Title, Date, Byline, Language]),
    Format { tested: false, ..export("mailbox", Form::Mbox, &[".mbox"], &[Title, Date, Byline, Language]) },
    Format {
        tested: false,
        ..export(
            "saved page",
            Form::SavedPage,
            &[".mht", ".mhtml"],
            &[Title, Date, Source, Byline, Language, Url, Version],
        )
    },
    Format {
        form: Some(Form::Warc),
        ..always(
            "web archive",
            &[".warc", ".warc.gz", ".wet"],
            &[Title, Date, Source, Byline, Language, Url, Version],
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_one_row() {
        for form in Form::ALL {
            let rows: Vec<&Format> = FORMATS.iter().filter(|format| format.form == Some(form)).collect();
            assert_eq!(rows.len(), 1, "{form:?}");
            assert_eq!(form.name(), rows[0].name);
            #[cfg(all(feature = "wire", feature = "exports"))]
            {
                let wire = crate::wire::reader(form).map(|_| "wire");
                let exports = crate::exports::reader(form).map(|_| "exports");
                assert!(wire.is_none() || exports.is_none(), "{form:?}");
                assert_eq!(rows[0].feature, wire.or(exports), "{form:?}");
                assert_eq!(rows[0].feature.is_none(), form == Form::Warc, "{form:?}");
            }
        }
        assert_eq!(FORMATS.iter().filter(|format| format.form.is_some()).count(), Form::ALL.len());
    }

    #[test]
    fn provided_fields_are_in_the_order_of_the_table() {
        for format in &FORMATS {
            assert!(format.provides.is_sorted(), "{}", format.name);
        }
    }
}

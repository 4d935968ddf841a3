//! Recognises the forms that are XML by the name of their first element and the names that only they use.

use memchr::memmem;

use crate::{Form, Prolog};

/// Returns the form of XML that begins with `head`, in UTF-8 or a character set that has ASCII as its first half.
pub(super) fn form_of(head: &[u8]) -> Option<Form> {
    let prolog = Prolog::of(head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head));
    // A name that ends with the head may be the beginning of another.
    let root = prolog.root().filter(|root| prolog.rest.is_some_and(|rest| rest.len() > root.len() + 1))?;
    let has = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
    // Both kinds of quotation marks end a name of a namespace.
    let has_namespace = |name: &str| has(&format!("{name}\"")) || has(&format!("{name}'"));
    match local(root) {
        b"NewsML" => Some(Form::NewsMl1),
        b"newsMessage" | b"newsItem" | b"packageItem" | b"conceptItem" | b"knowledgeItem"
        | b"planningItem" | b"catalogItem"
            if has("iptc.org/std/nar/") || has("NewsML-G2") || has("itemMeta") =>
        {
            Some(Form::NewsMlG2)
        }
        // A message of a web service around items.
        b"Envelope"
            if has("iptc.org/std/nar/") && (has("xmlsoap.org/soap/envelope") || has("/soap-envelope")) =>
        {
            Some(Form::NewsMlG2)
        }
        b"nitf" => Some(Form::Nitf),
        b"rss" if has("wordpress.org/export/") || has("<wp:wxr_version") => Some(Form::Wxr),
        b"rss" => Some(Form::Rss),
        b"RDF"
            if has_namespace("purl.org/rss/1.0/")
                || has("netscape.com/rdf/simple/0.9/")
                || has_namespace("purl.org/net/rss1.1#") =>
        {
            Some(Form::Rss)
        }
        b"feed" | b"entry" if has("www.w3.org/2005/Atom") || has("purl.org/atom/ns#") => Some(Form::Atom),
        b"html" => None,
        _ if has("global.factiva.com/") || has("ArchiveDoc::Article/") => Some(Form::FactivaXml),
        _ => None,
    }
}

fn local(name: &[u8]) -> &[u8] {
    name.iter().rposition(|byte| *byte == b':').and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_are_recognised_by_their_first_element() {
        for (head, form) in [
            ("<?xml version='1.0'?>\n<NewsML Version='1.2'>", Some(Form::NewsMl1)),
            (
                "<!DOCTYPE NewsML PUBLIC 'x' 'y' [<!ENTITY a 'b'> <!ATTLIST c d e>]>\n<NewsML>",
                Some(Form::NewsMl1),
            ),
            ("<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'>", Some(Form::NewsMlG2)),
            (
                "<!-- a --><n:newsItem xmlns:n=\"http://iptc.org/std/nar/2006-10-01/\" guid='a'>",
                Some(Form::NewsMlG2),
            ),
            ("<newsItem><itemMeta/>", Some(Form::NewsMlG2)),
            ("<newsItem><title/>", None),
            (
                "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'>",
                Some(Form::NewsMlG2),
            ),
            ("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>", None),
            ("\u{feff}  <nitf>", Some(Form::Nitf)),
            ("<!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'><nitf version='x'>", Some(Form::Nitf)),
            ("<rss version='2.0'>", Some(Form::Rss)),
            ("<!-- generator --><rss xmlns:wp='http://wordpress.org/export/1.2/'>", Some(Form::Wxr)),
            ("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", Some(Form::Rss)),
            ("<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'>", Some(Form::Rss)),
            ("<rdf:RDF xmlns:content='http://purl.org/rss/1.0/modules/content/'>", None),
            ("<feed xmlns='http://www.w3.org/2005/Atom'>", Some(Form::Atom)),
            ("<a:entry xmlns:a='http://www.w3.org/2005/Atom'>", Some(Form::Atom)),
            ("<feed><event/>", None),
            ("<PPSResponse><x xmlns='http://global.factiva.com/pps/2.0'>", Some(Form::FactivaXml)),
            ("<article><reference>distdoc:archive/ArchiveDoc::Article/X</reference>", Some(Form::FactivaXml)),
            ("<html xmlns='http://www.w3.org/1999/xhtml'><p>NewsML-G2 global.factiva.com/", None),
            ("<?xml version='1.0'?><!DOCTYPE html><html>", None),
            ("{\"uri\": \"a\"}", None),
            ("<NewsML", None),
            ("<!-- NewsML", None),
            ("", None),
        ] {
            assert_eq!(form_of(head.as_bytes()), form, "{head}");
        }
        assert_eq!(form_of(b"<!-- caf\xE9 --><nitf baselang='fr'>"), Some(Form::Nitf));
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(head in "[<>!?\\[\\]/:a-c \u{feff}rsNewsML'-]{0,60}") {
            let _ = form_of(head.as_bytes());
        }
    }
}

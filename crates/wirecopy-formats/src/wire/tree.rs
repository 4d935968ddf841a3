//! What the readers of forms that are XML ask of an element, besides what [`xml`](crate::xml) says of it.

use wirecopy_core::document::one_line;

use crate::xml::{Element, Node, local};

/// Elements of HTML without an end tag.
const VOID: [&str; 8] = ["br", "hr", "img", "meta", "link", "input", "source", "wbr"];

impl Element {
    /// Returns the child elements with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.is(name))
    }

    /// Returns the first element with this name below this one, in the order of the document.
    pub(crate) fn find(&self, name: &str) -> Option<&Element> {
        self.elements().find_map(|element| if element.is(name) { Some(element) } else { element.find(name) })
    }

    /// Adds all elements with this name below this one, in the order of the document.
    pub(crate) fn find_all<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for element in self.elements() {
            if element.is(name) {
                found.push(element);
            }
            element.find_all(name, found);
        }
    }

    /// Returns the text in the element on one line; `None` if there is none.
    pub(crate) fn line(&self) -> Option<String> {
        one_line(&self.text())
    }

    /// Returns the content of the element as HTML: names without prefixes, texts escaped.
    pub(crate) fn markup(&self) -> String {
        let mut out = String::new();
        self.add_markup(&mut out);
        out
    }

    fn add_markup(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => escape(text, out),
                Node::Element(element) => {
                    let name = local(&element.name);
                    out.push('<');
                    out.push_str(name);
                    for (key, value) in &element.attributes {
                        if key.starts_with("xmlns") {
                            continue;
                        }
                        out.push(' ');
                        out.push_str(local(key));
                        out.push_str("=\"");
                        escape(value, out);
                        out.push('"');
                    }
                    out.push('>');
                    if !VOID.contains(&name) {
                        element.add_markup(out);
                        out.push_str("</");
                        out.push_str(name);
                        out.push('>');
                    }
                }
            }
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Limits;
    use crate::xml::{Element, Reader};

    fn element(xml: &str) -> Element {
        let mut input = xml.as_bytes();
        Reader::new(&mut input, Limits::default()).next(&|_, _| true).unwrap().unwrap()
    }

    #[test]
    fn markup_and_lines_are_given() {
        let item =
            element("<item><b k:l='&lt;1' xmlns:k='x'>1</b> &amp; &eacute;&#33;<![CDATA[<p>]]><br/></item>");
        assert_eq!(item.markup(), "<b l=\"&lt;1\">1</b> &amp; é!&lt;p&gt;<br>");
        assert_eq!(item.at(&["b"]).and_then(Element::line).as_deref(), Some("1"));
        assert_eq!(element("<item> </item>").line(), None);
    }

    #[test]
    fn elements_are_found_in_the_order_of_the_document() {
        let item = element("<a><b><x:c n='1'/></b><c n='2'><c n='3'/></c></a>");
        let mut found = Vec::new();
        item.find_all("c", &mut found);
        let numbers: Vec<_> = found.iter().filter_map(|c| c.attribute("n")).collect();
        assert_eq!(numbers, ["1", "2", "3"]);
        assert_eq!(item.find("c").and_then(|c| c.attribute("n")), Some("1"));
        assert_eq!(item.all("c").count(), 1);
    }
}

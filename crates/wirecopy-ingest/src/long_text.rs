//! Long texts within one element, cut into several nodes of the tree.
//!
//! The article is written out as HTML with its text, and for each sign that needs an entity there (`&`, `«`, a non-breaking
//! space) the writer looks through the rest of the node: a paragraph of a megabyte would cost its square.

use dom_query::Document as Tree;
use dom_query::NodeRef;

/// Longest text of a node, in bytes. Paragraphs are shorter, nearly always.
const LONGEST: usize = 16 << 10;

/// Cuts the long texts of `tree`, which was built of `source`. What the page says stays the same.
pub(super) fn part(source: &str, tree: &Tree) {
    if !has_long_text(source) {
        return;
    }
    let texts: Vec<NodeRef<'_>> = tree.root().descendants_it().filter(NodeRef::is_text).collect();
    for node in texts {
        let text = node.text();
        let mut rest: &str = &text;
        if rest.len() <= LONGEST || node.parent().is_some_and(|parent| is_raw(&parent)) {
            continue;
        }
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(end_of_piece(rest));
            node.insert_before(&tree.tree.new_text(piece));
            rest = behind;
        }
        node.remove_from_parent();
    }
}

/// Whether there is so much between two tags: a look that costs next to nothing.
fn has_long_text(source: &str) -> bool {
    let mut last = 0;
    let ends = memchr::memchr_iter(b'<', source.as_bytes()).chain([source.len()]);
    source.len() > LONGEST && ends.into_iter().any(|at| at - std::mem::replace(&mut last, at) > LONGEST)
}

fn is_raw(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| matches!(&*name, "script" | "style"))
}

/// Where the first piece of a long text ends: behind a blank where there is one.
fn end_of_piece(text: &str) -> usize {
    if text.len() <= LONGEST {
        return text.len();
    }
    let mut longest = LONGEST;
    while !text.is_char_boundary(longest) {
        longest -= 1;
    }
    text[..longest].rfind(' ').map_or(longest, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(tree: &Tree) -> Vec<usize> {
        let root = tree.root();
        let texts = root.descendants_it().filter(NodeRef::is_text);
        texts.map(|node| node.text().len()).collect()
    }

    #[test]
    fn no_node_holds_a_long_text_and_the_words_stay() {
        for text in ["Fähre « word » ".repeat(5000), "«".repeat(40_000), "漢".repeat(20_000)] {
            let source = format!("<p>before</p><p>{text}</p><p>behind</p>");
            let tree = Tree::from(source.as_str());
            let before = tree.select("body").text();
            part(&source, &tree);
            assert!(lengths(&tree).iter().all(|&length| length <= LONGEST));
            assert_eq!(tree.select("body").text(), before);
            assert_eq!(tree.select("p").length(), 3);
        }
    }

    #[test]
    fn short_texts_and_scripts_stay_as_they_are() {
        let source = format!("<script>{}</script><p>one</p><p>two</p>", "a ".repeat(LONGEST));
        let tree = Tree::from(source.as_str());
        let before = lengths(&tree);
        part(&source, &tree);
        assert_eq!(lengths(&tree), before);
    }
}

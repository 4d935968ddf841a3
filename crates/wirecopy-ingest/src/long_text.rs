//! Splits long text nodes of a tree into several nodes.
//!
//! Readability serialises the article to HTML. For each character that needs an entity (`&`, `«`, a non-breaking space) the
//! serialiser scans the rest of the node, so a paragraph of a megabyte would take quadratic time.

use dom_query::Document as Tree;
use dom_query::NodeRef;

/// Longest text of a node, in bytes. Nearly all paragraphs are shorter.
const LONGEST: usize = 16 << 10;

/// Splits the long text nodes of `tree`, which was built from `source`. The text of the page stays the same.
pub(super) fn split(source: &str, tree: &Tree) {
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

/// Returns whether there is a long text between two tags. Costs little.
fn has_long_text(source: &str) -> bool {
    let mut last = 0;
    let ends = memchr::memchr_iter(b'<', source.as_bytes()).chain([source.len()]);
    source.len() > LONGEST && ends.into_iter().any(|at| at - std::mem::replace(&mut last, at) > LONGEST)
}

fn is_raw(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| matches!(&*name, "script" | "style"))
}

/// Returns the end of the first piece of a long text: after a space if there is one.
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
    fn long_texts_are_split_without_changing_the_words() {
        for text in ["Fähre « word » ".repeat(5000), "«".repeat(40_000), "漢".repeat(20_000)] {
            let source = format!("<p>before</p><p>{text}</p><p>behind</p>");
            let tree = Tree::from(source.as_str());
            let before = tree.select("body").text();
            split(&source, &tree);
            assert!(lengths(&tree).iter().all(|&length| length <= LONGEST));
            assert_eq!(tree.select("body").text(), before);
            assert_eq!(tree.select("p").length(), 3);
        }
    }

    #[test]
    fn short_texts_and_scripts_are_unchanged() {
        let source = format!("<script>{}</script><p>one</p><p>two</p>", "a ".repeat(LONGEST));
        let tree = Tree::from(source.as_str());
        let before = lengths(&tree);
        split(&source, &tree);
        assert_eq!(lengths(&tree), before);
    }
}

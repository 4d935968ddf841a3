//! Converts documents to tokens: normalises, tokenises, shingles.
//!
//! The input is the text of a [`Document`](crate::Document); the output is [`Tokens`]: two 32-bit hashes a token,
//! the ends of the segments (sentences and lines), and a 128-bit digest of the token sequence. All later modules
//! work on hashes; no stage joins strings.

mod arabic;
mod article;
mod boilerplate;
pub mod credit;
mod dictionary;
mod first_letters;
mod first_word;
mod learned;
mod masks;
mod normalize;
mod packed;
mod periodically_updated;
mod placed;
mod prose;
mod script;
mod serbian;
mod shingle;
mod sink;
mod store;

mod tokenize;
mod tokens;
mod version_tags;
mod word_hash;
mod writing;

pub use article::{NoArticle, no_article};
pub use boilerplate::boilerplate;
pub use learned::{Known, Piece, SourceLines};
pub use learned::{LEARNED_SHINGLE, first_words, word_length, words_in};
pub use periodically_updated::is_periodically_updated;
pub use placed::Placed;
pub use prose::{SENTENCE, is_prose, is_stopped, words};
pub use script::{closes, ends_any_sentence, is_unspaced};
pub(crate) use shingle::sums;
pub use shingle::{Shingles, covered, each_shingle, in_order, rolled, shingles};
pub use shingle::{mix, sequence_hash};
pub use store::{Coded, TokenReader, TokenStore};
pub use tokenize::{Tokenizer, tokenize};
pub use tokens::{Class, Token, Tokens};
pub use version_tags::{revision, without_version_tags};
pub use writing::whole_words;

//! Candidate pairs to edges: exact, from the tokens, never from a signature.
//!
//! Two questions are asked of a pair. [`Verifier`]: are they identical, copies, is one an excerpt of the other? And
//! [`Model`]: are two texts one dispatch in other words? In come the [`Tokens`](crate::text::Tokens) of two documents and the weights of their terms ([`Idf`]); out comes a
//! probability, and what it is made of. Each document is prepared once ([`Profile`]) and compared with many.
//!
//! ```
//! use wirecopy::text::tokenize;
//! use wirecopy::verify::{Idf, Model, Profile, Scratch, measure};
//!
//! let idf = Idf::background();
//! let a = Profile::new(&tokenize("The ferry captain was praised for saving 17 sailors off the coast of Ordu."), &idf);
//! let b = Profile::new(&tokenize("Off the coast of Ordu, a ferry captain won praise for rescuing 17 sailors."), &idf);
//! let features = measure(&a, &b, &mut Scratch::default()).expect("they have much in common");
//! assert!(Model::shipped()?.score(&features) > 0.0);
//! # Ok::<(), wirecopy::Error>(())
//! ```

mod align;
pub mod background;
mod chain;
mod conflict;
mod counter;
mod coverage;
mod features;
mod idf;
mod living;
mod model;
mod overlap;
mod passages;
mod profile;
mod publications;
mod recent;
mod relation;
mod rewrites;
pub mod sets;
mod shared;
mod term_map;
mod terms;
mod weekdays;

pub use counter::TermCounter;
pub use features::{FEATURES, Feature, Features, Scratch, Sense, measure};
pub use idf::{Frequencies, Idf, LARGEST, PSEUDO_DOCUMENTS};
pub(crate) use model::logistic;
pub use model::{Addend, FORMAT, Model, ModelFile, Weight};
pub use passages::{Passage, passages};
pub use profile::Profile;
pub use publications::Publications;
pub use relation::{Edge, SURE, Verifier};
pub(crate) use rewrites::in_common;
pub use rewrites::{Rewrites, unrelated};
pub use shared::Shared;
pub use terms::{Place, each_term};

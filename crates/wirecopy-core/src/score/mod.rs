//! Measures pairs exactly, from their tokens and never from a signature.
//!
//! The input is the [`Tokens`](crate::text::Tokens) of two documents and the weights of their terms ([`Idf`]). The
//! output is [`Features`], and from the [`Model`] the probability that the two are one dispatch. Each document is
//! prepared once ([`Profile`]) and compared with many. [`classify`](crate::classify) makes the decision.
//!
//! ```
//! use wirecopy_core::text::tokenize;
//! use wirecopy_core::score::{Idf, LanguageKey, Model, Profile, Scratch, measure};
//!
//! let idf = Idf::background();
//! let weights = idf.of(LanguageKey::of(Some("eng")));
//! let a = Profile::new(&tokenize("The ferry captain was praised for saving 17 sailors off the coast of Ordu."), weights);
//! let b = Profile::new(&tokenize("Off the coast of Ordu, a ferry captain won praise for rescuing 17 sailors."), weights);
//! let features = measure(&a, &b, &mut Scratch::default()).expect("they have much in common");
//! assert!(Model::shipped()?.score(&features) > 0.0);
//! # Ok::<(), wirecopy_core::Error>(())
//! ```

mod align;
pub mod background;
mod bag;
mod bound;
mod chain;
mod conflict;
mod counter;
mod coverage;
mod exchanged;
mod features;
mod filter;
mod idf;
mod measure;
mod model;
mod openings;
mod overlap;
mod passages;
mod profile;
pub mod sets;
mod shared;
mod template;
mod term_map;
mod terms;
mod weekdays;

pub(crate) use bag::Bag;
pub use counter::TermCounter;
pub use exchanged::Exchanges;
pub use features::{Circumstances, FEATURES, Feature, Features, NEAR, PASSAGES, Sense};
pub(crate) use filter::Filter;
pub use idf::{Frequencies, Idf, LARGEST_IDF, LanguageKey, Weights};
pub(crate) use measure::TWO_RARE;
pub use measure::{Scratch, measure, measure_unless};
pub use model::logistic;
pub use model::{Addend, FORMAT, KINDS, Kind, Model, ModelFile, Sum, Weight, WeightsFile};
pub use openings::are_foreign;
pub use overlap::unrelated;
pub(crate) use overlap::{in_common, rarest_shared};
pub use passages::{Passage, passages};
pub use profile::Profile;
pub use shared::Shared;
pub use template::is_template;
pub use terms::{DistinctTerms, Place, each_term};
pub use weekdays::NAMES as WEEKDAYS;

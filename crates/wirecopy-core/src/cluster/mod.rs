//! Groups edges into clusters.

mod composite;
mod copies;
mod copy_dates;
mod correlation;
mod representative;
mod rewrites;
mod story;
mod union_find;

pub use composite::{Composite, remove_composites};
pub use copies::{CopyGroups, collapse};
pub(crate) use copy_dates::separate_distant;
pub use correlation::{Pair, correlation_clusters};
pub use representative::{Cluster, Judge, all_checked, build, cluster_name, edge_between};
pub use story::is_sure;
pub use union_find::UnionFind;

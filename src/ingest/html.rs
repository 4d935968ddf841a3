//! stub
use super::extract::Extracted;
pub(super) fn extract(_: &str) -> Result<Extracted, String> { Err("todo".into()) }

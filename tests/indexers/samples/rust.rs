//! A cache in front of slow storage.
//!
//! Entries leave in the order they were used.

use std::collections::{hash_map::Entry, BTreeMap, HashMap as Map};
use std::{fmt, io::{self, Read as _}};
use crate::codec::*;
use serde::Serialize;
pub use self::policy::Policy as EvictionPolicy;
extern crate alloc as allocation;

mod metrics;
#[cfg(test)]
mod tests;

/// How many entries a cache holds unless told otherwise.
pub const DEFAULT_CAPACITY: usize = 1 << 10;

static HITS: AtomicU64 = AtomicU64::new(0);

/// What can go wrong.
pub type Result<T, E = CacheError> = std::result::Result<T, E>;

/// Builds a key out of its parts.
///
/// Parts are joined by slashes.
#[macro_export]
macro_rules! key {
    ($($part:expr),*) => { [$($part.to_string()),*].join("/") };
}

/// A failure of the cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    #[error("no entry {0}")]
    Missing(String),
    Storage { source: io::Error },
}

/// Where entries come from.
pub trait Storage: Send + fmt::Debug {
    /// What it stores.
    type Value: Clone;
    const READ_ONLY: bool = false;

    /// Read one entry.
    fn load(&self, key: &str) -> Result<Self::Value>;

    fn load_all<I>(&self, keys: I) -> Vec<Self::Value>
    where
        I: Iterator<Item = String>,
    {
        keys.filter_map(|key| self.load(&key).ok()).collect()
    }
}

/* A slot of the cache. */
#[derive(Clone, Default)]
pub(crate) struct Slot<V> {
    pub value: V,
    used: Option<u64>,
}

struct Seconds(pub u32);

pub struct Cache<S: Storage, const N: usize> {
    storage: S,
    slots: Map<String, Slot<S::Value>>,
}

impl<S, const N: usize> Cache<S, N>
where
    S: Storage,
{
    /// The smallest cache that makes sense.
    pub const MINIMUM: usize = 1;

    /// Create an empty cache.
    #[must_use]
    #[tracing::instrument(skip(storage))]
    pub fn new(storage: S) -> Self {
        Self { storage, slots: Map::with_capacity(N) }
    }

    // Not public: callers use `get`
    #[inline]
    async unsafe fn fetch(&mut self, key: &str) -> Result<&Slot<S::Value>, CacheError> {
        fn normal(key: &str) -> String {
            key.trim().to_lowercase()
        }
        let name = normal(key);
        let value = self.storage.load(&name)?;
        HITS.fetch_add(1, Ordering::Relaxed);
        let found = Slot { value, used: Some(clock::now::<u64>()) };
        tracing::debug!("fetched {}", name);
        println!("{}", policy::describe(&found));
        Ok(self.slots.entry(name).or_insert(found))
    }
}

impl<S: Storage, const N: usize> Drop for Cache<S, N> {
    fn drop(&mut self) {
        <S as Flush>::flush(&self.storage);
        self.slots.iter().map(Slot::clone).for_each(drop);
    }
}

impl<'a> From<&'a str> for crate::model::Key {
    fn from(text: &'a str) -> Self {
        crate::model::Key(text.into())
    }
}

unsafe impl Send for Seconds {}

/// Ways to choose what leaves.
pub mod policy {
    use super::{Cache, Slot};

    pub fn describe<V>(slot: &Slot<V>) -> &'static str {
        let label = |fresh: bool| if fresh { "fresh" } else { "stale" };
        label(slot.used.is_some())
    }

    pub union Word {
        whole: u64,
        halves: [u32; 2],
    }
}

extern "C" {
    /// Bytes the allocator holds.
    pub fn allocated(zone: *const Zone) -> usize;
    static ZONE: Zone;
}

bitflags! {
    pub struct Flags: u32 { const A = 1; }
}

//! IAM and STS: accounts, users, roles, keys, policies and sessions.
//!
//! It keeps identities and their policies, says who signs ([`ports::Credentials`]) or has the
//! password ([`ports::SignIn`]) and whether a caller may ([`ports::Authorize`]). It never decides itself: it gathers, and `policy` decides.
//! Start at [`Iam`]; the operations are listed in [`operations()`] and [`sts_operations`].

mod accounts;
mod arns;
mod decisions;
mod error;
mod explain;
mod identifier;
pub mod limits;
mod named;
mod operations;
mod page;
mod policies;
mod record;
mod roles;
mod sessions;
mod simulate;
mod sts;
mod tag;
mod touches;
mod users;
mod view;

pub use accounts::administrator::{AdministeredAccount, AdministratorKey};
pub use error::IamError;
pub use explain::operations as explain_operations;
pub use operations::{Operations, operations};
pub use sts::operations as sts_operations;

/// Members that are accepted and have no effect, and why.
pub const NO_EFFECT: &[(&str, &str)] = &[(
    "OpenIDConnectProvider.ThumbprintList",
    "kept and shown: a provider's certificate must be signed by a known authority, whatever its thumbprint",
)];

use decisions::gather::Identity;
use explain::Denials;
use sessions::credentials::Known;
use sessions::sealed::Seal;
use sessions::sign_in::Attempts;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use stdx::{Clock, SharedIds};
use store::{Cache, Store};
use users::password::Checker;

/// What IAM needs.
pub struct IamNeeds {
    /// Where everything is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The keys of OpenID Connect providers.
    pub issuers: Arc<dyn ports::Issuers>,
    /// Where ids, secrets and the sealing key come from.
    pub ids: SharedIds,
    /// The developer profile: a key id of twelve digits with secret `test` signs as root of that
    /// account. Never set where others can reach the program.
    pub is_developer: bool,
}

/// The service.
pub struct Iam {
    store: Store,
    clock: Arc<dyn Clock>,
    issuers: Arc<dyn ports::Issuers>,
    ids: SharedIds,
    is_developer: bool,
    seal: arc_swap::ArcSwap<Seal>,
    identities: Cache<Identity>,
    known: Cache<Known>,
    /// When the last use of a key was written down.
    noted: Mutex<HashMap<String, i64>>,
    passwords: Checker,
    attempts: Attempts,
    denials: Denials,
    resources: Mutex<Vec<Weak<dyn ports::Resources>>>,
    organizations: OnceLock<Weak<dyn ports::Organizations>>,
}

impl Iam {
    /// Opens IAM over its tables; makes the sealing key of a new store.
    ///
    /// # Errors
    /// When the store fails or its sealing key is damaged.
    pub async fn open(needs: IamNeeds) -> Result<Arc<Self>, IamError> {
        let seal = Seal::load(&needs.store, &*needs.ids).await?;
        Ok(Arc::new(Self {
            identities: Cache::new(&needs.store, record::is_cached, limits::CACHE_ENTRIES_MAX),
            known: Cache::new(&needs.store, record::is_cached, limits::CACHE_ENTRIES_MAX),
            noted: Mutex::new(HashMap::new()),
            passwords: Checker::default(),
            attempts: Attempts::default(),
            denials: Denials::default(),
            resources: Mutex::default(),
            organizations: OnceLock::new(),
            seal: arc_swap::ArcSwap::from_pointee(seal),
            store: needs.store,
            clock: needs.clock,
            issuers: needs.issuers,
            ids: needs.ids,
            is_developer: needs.is_developer,
        }))
    }

    /// Connects a service whose resources have policies, so that decisions about them can be
    /// explained. That service holds this one, so it is not held.
    pub fn add_resources(&self, resources: &Arc<impl ports::Resources + 'static>) {
        let resources: Weak<dyn ports::Resources> = Arc::downgrade(resources) as _;
        let mut all = self.resources.lock();
        let all = all.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut());
        all.push(resources);
    }

    /// Starts over after the store was emptied: caches are dropped, the sealing key is made anew.
    ///
    /// # Errors
    /// As [`Iam::open`].
    pub async fn reload(&self) -> Result<(), IamError> {
        let seal = Seal::load(&self.store, &*self.ids).await?;
        self.seal.store(Arc::new(seal));
        self.identities.clear();
        self.known.clear();
        self.denials.clear();
        self.noted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clear();
        Ok(())
    }
}

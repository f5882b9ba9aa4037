//! Who may have one worker more when the host has as many as it may have.
//!
//! What comes free goes to the account that has the fewest workers, and in it to the function that
//! has the fewest; among equals to who has been given one longest ago, or asked first. And a worker that is done with an event goes to
//! somebody else's cause, rather than to the next event of its own function, where that makes
//! shares more equal, or another account or function has no worker at all. So a queue of a thousand
//! events holds up nobody but itself, and a host with fewer places than accounts is shared in time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{oneshot, watch};

/// The places for workers.
#[derive(Debug)]
pub(crate) struct Room(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// How many wait or have ceased to, so that who is alone looks no further.
    waiting: AtomicUsize,
    /// Places that are taken.
    taken: watch::Sender<usize>,
    most: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Given up by workers that have not ended yet.
    leaving: usize,
    accounts: HashMap<String, Account>,
    last_ticket: u64,
}

/// What the functions of one account have, and want.
#[derive(Debug, Default)]
struct Account {
    functions: HashMap<String, Share>,
    /// When it was given a place last, as tickets count.
    served: u64,
}

/// What one function has, and wants.
#[derive(Debug, Default)]
struct Share {
    held: usize,
    served: u64,
    /// In the order in which they came, by ever higher tickets.
    waiting: Vec<(u64, oneshot::Sender<Slot>)>,
}

/// Whose worker it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tenant {
    pub(crate) account: String,
    pub(crate) function: String,
}

/// The right to one worker, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    /// None once it is another's.
    shared: Option<Arc<Shared>>,
    tenant: Tenant,
    is_leaving: bool,
}

impl Room {
    /// For so many workers.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            waiting: AtomicUsize::new(0),
            taken: watch::Sender::new(0),
            most,
        }))
    }

    /// A place, or a place in the queue for one.
    pub(crate) fn take(&self, tenant: Tenant) -> Result<Slot, oneshot::Receiver<Slot>> {
        let mut state = self.0.lock();
        let has_room = *self.0.taken.borrow() < self.0.most;
        if has_room {
            self.0.taken.send_modify(|taken| *taken += 1);
            state.give(&tenant);
            return Ok(Slot {
                shared: Some(Arc::clone(&self.0)),
                tenant,
                is_leaving: false,
            });
        }
        let (give, given) = oneshot::channel();
        state.last_ticket += 1;
        let ticket = state.last_ticket;
        state.share(&tenant).waiting.push((ticket, give));
        self.0.waiting.fetch_add(1, Ordering::SeqCst);
        Err(given)
    }

    /// Whether more wait than there are places that come free by themselves.
    pub(crate) fn is_short(&self) -> bool {
        if self.0.waiting.load(Ordering::SeqCst) == 0 {
            return false;
        }
        let mut state = self.0.lock();
        self.0.forget_gone(&mut state);
        state.waiting() > state.leaving
    }

    /// Whether the place should go to another account or function, though its own has a use for it.
    pub(crate) fn is_due(&self, slot: &Slot) -> bool {
        self.is_short() && self.0.lock().has_poorer_than(&slot.tenant)
    }

    /// Waits until nobody has a place.
    pub(crate) async fn emptied(&self) {
        let _ = self.0.taken.subscribe().wait_for(|taken| *taken == 0).await;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets who does not wait any more, and who has and wants nothing.
    fn forget_gone(&self, state: &mut State) {
        for account in state.accounts.values_mut() {
            for share in account.functions.values_mut() {
                share.waiting.retain(|(_, give)| !give.is_closed());
            }
            let is_used = |share: &Share| share.held > 0 || !share.waiting.is_empty();
            account.functions.retain(|_, share| is_used(share));
        }
        state
            .accounts
            .retain(|_, account| !account.functions.is_empty());
        self.waiting.store(state.waiting(), Ordering::SeqCst);
    }

    /// Gives a place that came free to who is to have it; none when nobody waits.
    fn hand_on(&self, state: &mut State) -> Option<(Tenant, oneshot::Sender<Slot>)> {
        self.forget_gone(state);
        let next = state.next();
        match &next {
            Some((tenant, _)) => {
                state.give(tenant);
                self.waiting.store(state.waiting(), Ordering::SeqCst);
            }
            None => self
                .taken
                .send_modify(|taken| *taken = taken.saturating_sub(1)),
        }
        next
    }
}

impl State {
    fn share(&mut self, tenant: &Tenant) -> &mut Share {
        let account = self.accounts.entry(tenant.account.clone()).or_default();
        let functions = &mut account.functions;
        functions.entry(tenant.function.clone()).or_default()
    }

    fn give(&mut self, tenant: &Tenant) {
        self.last_ticket += 1;
        let now = self.last_ticket;
        let share = self.share(tenant);
        share.held += 1;
        share.served = now;
        if let Some(account) = self.accounts.get_mut(&tenant.account) {
            account.served = now;
        }
    }

    fn waiting(&self) -> usize {
        let functions = self.accounts.values().map(|account| &account.functions);
        let shares = functions.flat_map(HashMap::values);
        shares.map(|share| share.waiting.len()).sum()
    }

    /// Who waits first, of the function with the fewest workers, of the account with the fewest.
    fn next(&mut self) -> Option<(Tenant, oneshot::Sender<Slot>)> {
        let shares = self.accounts.iter().flat_map(|(name, account)| {
            let whole = (account.held(), account.served);
            let functions = account.functions.iter();
            functions.filter_map(move |(function, share)| {
                let (first, _) = share.waiting.first()?;
                Some(((whole, share.held, share.served, *first), name, function))
            })
        });
        let (_, account, function) = shares.min_by_key(|(rank, ..)| *rank)?;
        let tenant = Tenant {
            account: account.clone(),
            function: function.clone(),
        };
        let share = self.share(&tenant);
        let (_, give) = share.waiting.remove(0);
        Some((tenant, give))
    }

    /// Whether somebody waits who has so much less that it would be fairer to have one of these.
    fn has_poorer_than(&self, tenant: &Tenant) -> bool {
        let own = self.accounts.get(&tenant.account);
        let all = own.map_or(0, Account::held);
        let is_poorer = |theirs: usize, ours: usize| theirs == 0 || theirs + 1 < ours;
        let mut others = self.accounts.iter();
        let is_account_poorer = others.any(|(name, account)| {
            *name != tenant.account && account.is_wanting() && is_poorer(account.held(), all)
        });
        let is_function_poorer = own.is_some_and(|account| {
            let functions = &account.functions;
            let ours = functions.get(&tenant.function).map_or(0, |own| own.held);
            functions.iter().any(|(function, share)| {
                *function != tenant.function
                    && !share.waiting.is_empty()
                    && is_poorer(share.held, ours)
            })
        });
        is_account_poorer || is_function_poorer
    }
}

impl Account {
    fn held(&self) -> usize {
        self.functions.values().map(|share| share.held).sum()
    }

    fn is_wanting(&self) -> bool {
        let mut shares = self.functions.values();
        shares.any(|share| !share.waiting.is_empty())
    }
}

impl Slot {
    /// Its worker is about to end: it does not count as its function's any more.
    pub(crate) fn leave(&mut self) {
        if let (Some(shared), false) = (&self.shared, self.is_leaving) {
            self.is_leaving = true;
            let mut state = shared.lock();
            state.leaving += 1;
            let share = state.share(&self.tenant);
            share.held = share.held.saturating_sub(1);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(shared) = self.shared.take() else {
            return;
        };
        let (mut tenant, mut is_leaving) = (self.tenant.clone(), self.is_leaving);
        loop {
            let next = {
                let mut state = shared.lock();
                if std::mem::take(&mut is_leaving) {
                    state.leaving = state.leaving.saturating_sub(1);
                } else {
                    let share = state.share(&tenant);
                    share.held = share.held.saturating_sub(1);
                }
                shared.hand_on(&mut state)
            };
            let Some((next, give)) = next else { return };
            let slot = Slot {
                shared: Some(Arc::clone(&shared)),
                tenant: next,
                is_leaving: false,
            };
            match give.send(slot) {
                Ok(()) => return,
                // It does not wait any more, and must not give back what it never had.
                Err(mut unwanted) => {
                    unwanted.shared = None;
                    tenant = unwanted.tenant.clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn tenant(text: &str) -> Tenant {
        let (account, function) = text.split_once('/').unwrap();
        Tenant {
            account: account.to_owned(),
            function: function.to_owned(),
        }
    }

    /// The order in which those who wait are served, each going at once, while `held` stay.
    fn order(held: &[&str], waiting: &[&'static str]) -> Vec<&'static str> {
        let room = Room::new(held.len() + 1);
        let first = room.take(tenant("0/0")).unwrap();
        let _held: Vec<Slot> = held
            .iter()
            .map(|it| room.take(tenant(it)).unwrap())
            .collect();
        let mut all: Vec<_> = waiting
            .iter()
            .map(|it| (*it, room.take(tenant(it)).unwrap_err()))
            .collect();
        let mut served = Vec::new();
        let mut last = first;
        while !all.is_empty() {
            drop(last);
            let got = all.iter_mut().position(|(_, given)| !given.is_empty());
            let (name, mut given) = all.remove(got.unwrap());
            last = given.try_recv().unwrap();
            served.push(name);
        }
        served
    }

    #[test]
    fn account_with_the_fewest_is_first_then_the_function() {
        let noisy = ["a/f", "a/f", "a/f"];
        assert_eq!(
            order(&noisy, &["a/f", "a/g", "b/f", "b/f"]),
            ["b/f", "b/f", "a/g", "a/f"]
        );
        // Among equals who has had none for longest, then who asked first.
        assert_eq!(
            order(&[], &["a/f", "a/g", "a/f", "b/f"]),
            ["a/f", "b/f", "a/g", "a/f"]
        );
    }

    #[test]
    fn worker_is_due_where_shares_become_more_equal_and_not_beyond() {
        let room = Room::new(3);
        let mut a: Vec<Slot> = (0..3).map(|_| room.take(tenant("a/f")).unwrap()).collect();
        assert!(!room.is_due(&a[0]), "nobody waits");
        let own = room.take(tenant("a/f")).unwrap_err();
        assert!(room.is_short() && !room.is_due(&a[0]), "only its own wait");
        let mut waits = room.take(tenant("b/f")).unwrap_err();
        let _more = room.take(tenant("b/f")).unwrap_err();
        assert!(room.is_due(&a[0]));
        let mut going = a.pop().unwrap();
        going.leave();
        drop(going);
        let b = waits.try_recv().unwrap();
        // Two against one: the other way round would be no fairer, and cost a start.
        assert!(!room.is_due(&a[0]) && !room.is_due(&b));
        drop((a, own));
        assert!(!room.is_due(&b));
    }

    #[test]
    fn one_place_is_shared_in_time() {
        let room = Room::new(1);
        let mut slot = room.take(tenant("a/f")).unwrap();
        let mut waiting = Vec::new();
        // Though those of the first account have waited longer.
        for name in ["a/f", "a/f", "b/f", "b/f"] {
            waiting.push(room.take(tenant(name)).unwrap_err());
        }
        for next in [2, 0, 3, 1] {
            slot.leave();
            drop(slot);
            slot = waiting[next].try_recv().unwrap();
        }
        assert!(!room.is_due(&slot));
    }

    #[test]
    fn no_more_go_than_are_wanted() {
        let room = Room::new(4);
        let mut a: Vec<Slot> = (0..4).map(|_| room.take(tenant("a/f")).unwrap()).collect();
        let waits = room.take(tenant("b/f")).unwrap_err();
        assert!(room.is_due(&a[1]));
        a[0].leave();
        a[0].leave();
        assert!(!room.is_due(&a[1]), "one goes already");
        drop(waits);
        assert!(!room.is_short());
    }

    #[tokio::test]
    async fn who_does_not_wait_any_more_takes_no_place() {
        let room = Room::new(1);
        let slot = room.take(tenant("a/f")).unwrap();
        let gone = room.take(tenant("b/f")).unwrap_err();
        let mut waits = room.take(tenant("c/f")).unwrap_err();
        drop(gone);
        drop(slot);
        drop(waits.try_recv().unwrap());
        room.emptied().await;
        let all = room.take(tenant("a/f")).unwrap();
        // Given, but never taken out.
        let unread = room.take(tenant("b/f")).unwrap_err();
        drop(all);
        drop(unread);
        room.emptied().await;
        assert!(room.0.lock().accounts.values().all(|it| it.held() == 0));
    }
}

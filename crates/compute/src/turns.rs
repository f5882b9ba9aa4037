//! Whose start is next.
//!
//! Starting costs a core for tens of milliseconds, so only so many start at once; the others wait.
//! A burst of one function must not keep everybody else waiting for its end: accounts take turns,
//! and within an account its functions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Who starts: an account, one of its functions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Starter<'a> {
    pub(crate) account: &'a str,
    pub(crate) function: &'a str,
}

/// Hands out turns.
#[derive(Debug)]
pub(crate) struct Turns(Arc<Mutex<Queue>>);

/// The right to start one worker, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(Option<Arc<Mutex<Queue>>>);

#[derive(Debug)]
struct Queue {
    free: usize,
    most: usize,
    accounts: VecDeque<Account>,
}

#[derive(Debug)]
struct Account {
    name: String,
    functions: VecDeque<Function>,
}

#[derive(Debug)]
struct Function {
    name: String,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

impl Turns {
    /// `most` at once.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            free: most,
            most,
            accounts: VecDeque::new(),
        })))
    }

    /// Waits for a turn. Safe to cancel.
    pub(crate) async fn take(&self, starter: Starter<'_>) -> Option<Turn> {
        let turn = {
            let mut queue = lock(&self.0);
            if let Some(free) = queue.free.checked_sub(1) {
                queue.free = free;
                return Some(Turn(Some(Arc::clone(&self.0))));
            }
            queue.enqueue(starter)
        };
        // Nobody else can drop the sender while there is a turn that will be given back.
        turn.await.ok()
    }

    /// Whether nothing starts.
    pub(crate) fn is_quiet(&self) -> bool {
        let queue = lock(&self.0);
        queue.free == queue.most
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(all) = self.0.take() else { return };
        loop {
            let next = {
                let mut queue = lock(&all);
                let next = queue.next();
                if next.is_none() {
                    queue.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            match next.send(Turn(Some(Arc::clone(&all)))) {
                Ok(()) => return,
                // It does not wait any more, and must not give back what it never had.
                Err(mut unwanted) => unwanted.0 = None,
            }
        }
    }
}

impl Queue {
    fn enqueue(&mut self, starter: Starter<'_>) -> oneshot::Receiver<Turn> {
        let (give, turn) = oneshot::channel();
        let place = self
            .accounts
            .iter()
            .position(|account| account.name == starter.account)
            .unwrap_or_else(|| {
                self.accounts.push_back(Account {
                    name: starter.account.to_owned(),
                    functions: VecDeque::new(),
                });
                self.accounts.len() - 1
            });
        if let Some(account) = self.accounts.get_mut(place) {
            account.enqueue(starter.function, give);
        }
        turn
    }

    /// Who waits first of the account whose turn it is; that account and that function are last
    /// then.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let mut account = self.accounts.pop_front()?;
        let mut function = account.functions.pop_front()?;
        let next = function.waiting.pop_front();
        if !function.waiting.is_empty() {
            account.functions.push_back(function);
        }
        if !account.functions.is_empty() {
            self.accounts.push_back(account);
        }
        next
    }
}

impl Account {
    fn enqueue(&mut self, function: &str, give: oneshot::Sender<Turn>) {
        if let Some(known) = self
            .functions
            .iter_mut()
            .find(|known| known.name == function)
        {
            return known.waiting.push_back(give);
        }
        self.functions.push_back(Function {
            name: function.to_owned(),
            waiting: VecDeque::from([give]),
        });
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn starter(text: &'static str) -> Starter<'static> {
        let (account, function) = text.split_once('/').unwrap();
        Starter { account, function }
    }

    /// The order in which those who wait are served, one at a time.
    async fn order(waiting: &'static [&'static str]) -> Vec<&'static str> {
        let turns = Arc::new(Turns::new(1));
        let first = turns.take(starter("0/0")).await.unwrap();
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for name in waiting {
            let (turns, served) = (Arc::clone(&turns), Arc::clone(&served));
            tasks.push(tokio::spawn(async move {
                let _turn = turns.take(starter(name)).await.unwrap();
                served.lock().unwrap().push(*name);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert!(turns.is_quiet());
        Arc::try_unwrap(served).unwrap().into_inner().unwrap()
    }

    #[tokio::test]
    async fn accounts_take_turns_and_functions_within_an_account() {
        let served = order(&["a/f", "a/f", "a/f", "a/g", "b/f", "b/f"]).await;
        assert_eq!(served, ["a/f", "b/f", "a/g", "b/f", "a/f", "a/f"]);
    }

    #[tokio::test]
    async fn one_function_alone_is_served_in_its_order() {
        assert_eq!(order(&["a/f", "a/f"]).await, ["a/f", "a/f"]);
    }

    #[tokio::test]
    async fn who_does_not_wait_any_more_takes_no_turn() {
        let turns = Turns::new(2);
        let first = turns.take(starter("a/f")).await.unwrap();
        let second = turns.take(starter("a/f")).await.unwrap();
        let mut gone = Box::pin(turns.take(starter("a/f")));
        assert!(is_pending(&mut gone).await);
        let mut waits = Box::pin(turns.take(starter("a/f")));
        assert!(is_pending(&mut waits).await);
        drop(gone);
        drop(first);
        let third = waits.await.unwrap();
        assert!(!turns.is_quiet());
        drop((second, third));
        assert!(turns.is_quiet());
    }

    async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_pending())
        })
        .await
    }
}

//! Concurrency: how many executions a function and an account have at a time.

use crate::error::LambdaError;
use crate::limits::{CONCURRENCY_MAX, CONCURRENCY_UNRESERVED_MIN, SCAN_ITEMS};
use crate::live::{LiveFunction, LiveVersion, children};
use crate::name::FunctionName;
use crate::record::{FUNCTIONS, PROVISIONED, RESERVATIONS, ReservationRecord};
use crate::{Lambda, function_key_of};
use api::lambda::{
    Concurrency, DeleteFunctionConcurrencyOutput, DeleteFunctionConcurrencyRequest,
    GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse, PutFunctionConcurrencyRequest,
};
use arn::{AccountId, Region};
use ports::Call;
use smithy::ServiceError;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{Record, Table};

/// Counts the executions of one function.
#[derive(Debug, Default)]
pub struct Gate(Arc<AtomicU32>);

/// Counts the executions that share what reservations leave of an account's concurrency.
#[derive(Debug, Default)]
pub struct Pool {
    running: Arc<AtomicU32>,
    reserved: AtomicU32,
}

/// Provisioned concurrency of one version.
#[derive(Debug)]
pub struct Places {
    /// Executions that find a worker which is up already.
    pub count: u32,
    /// Counts them.
    pub gate: Arc<Gate>,
}

/// The right to one execution; ends when it is dropped.
#[derive(Debug)]
pub struct Permit(Arc<AtomicU32>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Takes a place for one execution of the function.
///
/// What a version has provisioned is taken first; beyond that its executions are as those of
/// others ("Configuring provisioned concurrency for a function": it counts towards the function's
/// reservation or, without one, the account's unreserved concurrency).
///
/// # Errors
/// [`LambdaError::Throttled`] when all places are taken: the function's reserved ones, or the
/// account's unreserved ones.
pub fn take(function: &LiveFunction, version: &LiveVersion) -> Result<Permit, LambdaError> {
    match function.reserved {
        Some(reserved) => take_one(&function.gate.0, reserved).ok_or(LambdaError::Throttled(
            "ReservedFunctionConcurrentInvocationLimitExceeded",
        )),
        None => {
            let number = version.version.parse().ok();
            let places = number.and_then(|number: u64| function.places.get(&number));
            if let Some(permit) = places.and_then(|places| take_one(&places.gate.0, places.count)) {
                return Ok(permit);
            }
            let reserved = function.pool.reserved.load(Ordering::Acquire);
            let places = CONCURRENCY_MAX.saturating_sub(reserved);
            take_one(&function.pool.running, places)
                .ok_or(LambdaError::Throttled("ConcurrentInvocationLimitExceeded"))
        }
    }
}

fn take_one(running: &Arc<AtomicU32>, places: u32) -> Option<Permit> {
    running
        .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
            (now < places).then_some(now + 1)
        })
        .ok()
        .map(|_| Permit(Arc::clone(running)))
}

/// The counters of every function and account that was invoked since the start. They outlive the
/// functions' cached records, so that a write does not forget what is running.
#[derive(Debug, Default)]
pub struct Counters {
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    pools: Mutex<HashMap<String, Arc<Pool>>>,
}

impl Counters {
    /// The counter of the function with this key.
    pub fn gate(&self, key: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() >= crate::limits::LIVE_FUNCTIONS_MAX {
            // A gate that nobody but this map holds counts nothing.
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || Arc::strong_count(&gate.0) > 1);
        }
        Arc::clone(gates.entry(key.to_owned()).or_default())
    }

    /// The counter of an account in a region.
    pub fn pool(&self, account: &AccountId, region: &Region) -> Arc<Pool> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pools.entry(prefix(account, region)).or_default())
    }
}

/// Adds up the account's reservations anew.
pub async fn refresh(lambda: &Lambda, name: &FunctionName) -> Result<Arc<Pool>, LambdaError> {
    let pool = lambda.counters.pool(&name.account, &name.region);
    let reserved = reserved(lambda, &name.account, &name.region).await?;
    pool.reserved.store(reserved, Ordering::Release);
    Ok(pool)
}

/// What others than the functions it is for may not use, in an account and region: all
/// reservations, and the provisioned concurrency of functions without one.
pub async fn reserved(
    lambda: &Lambda,
    account: &AccountId,
    region: &Region,
) -> Result<u32, LambdaError> {
    let prefix = prefix(account, region);
    let mut sum = 0u32;
    let mut reserving = HashSet::new();
    for (key, reservation) in all(lambda, &RESERVATIONS, &prefix).await? {
        sum = sum.saturating_add(reservation.executions);
        reserving.insert(key);
    }
    for (key, provisioned) in all(lambda, &PROVISIONED, &prefix).await? {
        if !reserving.contains(function_key_of(&key)) {
            sum = sum.saturating_add(provisioned.executions);
        }
    }
    Ok(sum)
}

async fn all<R: Record>(
    lambda: &Lambda,
    table: &Table<R>,
    prefix: &str,
) -> Result<Vec<(String, R)>, LambdaError> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map(|(key, _): &(String, R)| key.clone());
        let page = lambda
            .store
            .scan(table, prefix, after.as_deref(), SCAN_ITEMS)
            .await?;
        let is_last = page.len() < SCAN_ITEMS;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

fn prefix(account: &AccountId, region: &Region) -> String {
    format!("{account}/{region}/")
}

/// PutFunctionConcurrency.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionConcurrencyRequest,
) -> Result<Concurrency, ServiceError> {
    let name = unqualified(&call, &input.function_name)?;
    let executions = u32::try_from(input.reserved_concurrent_executions)
        .map_err(|_| LambdaError::Invalid("ReservedConcurrentExecutions is negative".into()))?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await.map_err(LambdaError::Store)?;
    if function.is_none() {
        return Err(LambdaError::FunctionNotFound(name.arn()).into());
    }
    let provisioned = children(&lambda.store, &PROVISIONED, &key).await?;
    let provisioned: u32 = provisioned.iter().map(|(_, one)| one.executions).sum();
    if executions < provisioned {
        return Err(LambdaError::Invalid(format!(
            "ReservedConcurrentExecutions {executions} should not be lower than function's total \
             provisioned concurrency [{provisioned}]."
        ))
        .into());
    }
    let held = tx
        .get(&RESERVATIONS, &key)
        .await
        .map_err(LambdaError::Store)?
        .map_or(provisioned, |held| held.executions);
    let others = reserved(&lambda, &name.account, &name.region)
        .await?
        .saturating_sub(held);
    if others.saturating_add(executions) > CONCURRENCY_MAX - CONCURRENCY_UNRESERVED_MIN {
        return Err(LambdaError::Invalid(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of \
             [{CONCURRENCY_UNRESERVED_MIN}]."
        ))
        .into());
    }
    tx.put(&RESERVATIONS, &key, &ReservationRecord { executions })
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    refresh(&lambda, &name).await?;
    Ok(Concurrency {
        reserved_concurrent_executions: Some(input.reserved_concurrent_executions),
    })
}

/// GetFunctionConcurrency.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionConcurrencyRequest,
) -> Result<GetFunctionConcurrencyResponse, ServiceError> {
    let name = unqualified(&call, &input.function_name)?;
    let function = lambda.require(&name).await?;
    Ok(GetFunctionConcurrencyResponse {
        reserved_concurrent_executions: function
            .reserved
            .map(|reserved| i32::try_from(reserved).unwrap_or(i32::MAX)),
    })
}

/// DeleteFunctionConcurrency.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionConcurrencyRequest,
) -> Result<DeleteFunctionConcurrencyOutput, ServiceError> {
    let name = unqualified(&call, &input.function_name)?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await.map_err(LambdaError::Store)?;
    if function.is_none() {
        return Err(LambdaError::FunctionNotFound(name.arn()).into());
    }
    tx.delete(&RESERVATIONS, &key);
    lambda.commit(tx, &key).await?;
    refresh(&lambda, &name).await?;
    Ok(DeleteFunctionConcurrencyOutput {})
}

fn unqualified(call: &Call, text: &str) -> Result<FunctionName, LambdaError> {
    let name = FunctionName::parse(text, None, &call.account, &call.region)?;
    match name.qualifier {
        None => Ok(name),
        Some(_) => Err(LambdaError::Invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not \
             support this operation. Please specify either a function name or an unqualified \
             function ARN."
                .to_owned(),
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn as_many_permits_as_places() {
        let running = Arc::new(AtomicU32::new(0));
        let first = take_one(&running, 2).unwrap();
        let _second = take_one(&running, 2).unwrap();
        assert!(take_one(&running, 2).is_none());
        drop(first);
        assert!(take_one(&running, 2).is_some());
        assert!(take_one(&running, 0).is_none());
    }
}

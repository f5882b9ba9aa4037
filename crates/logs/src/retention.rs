//! Deletes what has expired, and what deleted groups left behind.

use crate::key::{self, EventId};
use crate::limits::SCAN_PAGE;
use crate::name::expiry_ms;
use crate::record::{DELETED_GROUPS, EVENTS, GROUPS, STREAMS};
use crate::{Room, event};
use store::StoreError;

/// One round through everything. A failure is logged and mended by the next round.
pub(crate) async fn sweep(room: &Room) {
    let swept = async {
        deleted_groups(room).await?;
        expired_events(room).await
    };
    if let Err(error) = swept.await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "expired log events remain"
        );
    }
}

async fn deleted_groups(room: &Room) -> Result<(), StoreError> {
    loop {
        let ids = room
            .store
            .scan(&DELETED_GROUPS, "", None, SCAN_PAGE)
            .await?;
        if ids.is_empty() {
            return Ok(());
        }
        for (id, _) in ids {
            while !forget_some(room, &id).await? {}
        }
    }
}

/// Deletes some of a deleted group's records; true when none is left.
async fn forget_some(room: &Room, group_id: &str) -> Result<bool, StoreError> {
    let prefix = key::of_group(group_id);
    let mut tx = room.store.begin().await;
    let events = tx.scan(&EVENTS, &prefix, None, SCAN_PAGE).await?;
    let streams = tx.scan(&STREAMS, &prefix, None, SCAN_PAGE).await?;
    let is_last = events.is_empty() && streams.is_empty();
    for (key, _) in &events {
        tx.delete(&EVENTS, key);
    }
    for (key, _) in &streams {
        tx.delete(&STREAMS, key);
    }
    if is_last {
        tx.delete(&DELETED_GROUPS, group_id);
    }
    tx.commit().await?;
    Ok(is_last)
}

async fn expired_events(room: &Room) -> Result<(), StoreError> {
    let mut after: Option<String> = None;
    loop {
        let page = room
            .store
            .scan(&GROUPS, "", after.as_deref(), SCAN_PAGE)
            .await?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = Some(last.clone());
        for (key, group) in page {
            let now_ms = room.clock.now_ms();
            if expiry_ms(group.retention_days, now_ms).is_some() {
                while !expire_some(room, &key).await? {}
            }
        }
    }
}

/// Deletes some of a group's expired events; true when none is left.
async fn expire_some(room: &Room, group_key: &str) -> Result<bool, StoreError> {
    let mut tx = room.store.begin().await;
    // Read again: the group may have been deleted or have another retention by now.
    let Some(mut group) = tx.get(&GROUPS, group_key).await? else {
        return Ok(true);
    };
    let Some(expiry_ms) = expiry_ms(group.retention_days, room.clock.now_ms()) else {
        return Ok(true);
    };
    let oldest = tx
        .scan(&EVENTS, &key::of_group(&group.id), None, SCAN_PAGE)
        .await?;
    let is_expired = |key: &str| EventId::of_key(key).is_none_or(|id| id.timestamp_ms < expiry_ms);
    let expired: Vec<_> = oldest.iter().filter(|(key, _)| is_expired(key)).collect();
    if expired.is_empty() {
        return Ok(true);
    }
    let is_last = expired.len() < SCAN_PAGE;
    for (key, event) in expired {
        group.stored_bytes -= event::record_bytes(event);
        tx.delete(&EVENTS, key);
    }
    tx.put(&GROUPS, group_key, &group)?;
    tx.commit().await?;
    Ok(is_last)
}

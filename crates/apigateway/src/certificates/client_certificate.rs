//! Client certificates: made here, shown to HTTPS backends by the stages that name one.
//!
//! The certificate is for everybody; its private key leaves the process in no form.

use crate::{
    ApiGateway, Error, ID_LENGTH,
    certificates::{
        record_certificates::{CLIENT_CERTIFICATES, ClientCertificateRecord},
        self_signed,
    },
    limits, page, patch,
    plans::record_plans::owner_prefix,
    record::{APIS, OWNED},
    tags,
};
use api::apigateway as wire;
use ports::Call;
use smithy::{ServiceError, Timestamp};
use std::sync::Arc;
use store::{SCAN_MAX, Tx};

/// GenerateClientCertificate.
pub async fn generate(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GenerateClientCertificateRequest,
) -> Result<wire::ClientCertificate, ServiceError> {
    let made = service.add_client_certificate(&call, input).await?;
    Ok(show(&made))
}

/// GetClientCertificate.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetClientCertificateRequest,
) -> Result<wire::ClientCertificate, ServiceError> {
    let at = format!("{}{}", owner_prefix(&call), input.client_certificate_id);
    let found = service.store.get(&CLIENT_CERTIFICATES, &at).await;
    let found = found.map_err(Error::from)?.ok_or_else(unknown)?;
    Ok(show(&found))
}

/// GetClientCertificates.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetClientCertificatesRequest,
) -> Result<wire::ClientCertificates, ServiceError> {
    // One page is more than an account may have.
    const { assert!(SCAN_MAX >= limits::CLIENT_CERTIFICATES_MAX) };
    let prefix = owner_prefix(&call);
    let all = service
        .store
        .scan(&CLIENT_CERTIFICATES, &prefix, None, SCAN_MAX);
    let all = all.await.map_err(Error::from)?;
    let page = page::cut(all, input.limit, input.position.as_deref());
    Ok(wire::ClientCertificates {
        items: Some(page.items.iter().map(show).collect()),
        position: page.position,
    })
}

/// UpdateClientCertificate: its description.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateClientCertificateRequest,
) -> Result<wire::ClientCertificate, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let changed = service
        .change_client_certificate(&call, &input.client_certificate_id, |record| {
            for patch in &patches {
                if patch.at() != ["description"] {
                    return Err(patch.unknown_path());
                }
                patch.only_replace()?;
                record.description = patch.some_text();
            }
            Ok(())
        })
        .await?;
    Ok(show(&changed))
}

/// DeleteClientCertificate; one that a stage shows stays.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteClientCertificateRequest,
) -> Result<wire::DeleteClientCertificateOutput, ServiceError> {
    service
        .remove_client_certificate(&call, &input.client_certificate_id)
        .await?;
    Ok(wire::DeleteClientCertificateOutput::default())
}

/// Passes a certificate that the caller's account has.
pub async fn check(tx: &Tx, call: &Call, id: &str) -> Result<(), Error> {
    let at = format!("{}{id}", owner_prefix(call));
    let found = tx.get(&CLIENT_CERTIFICATES, &at).await?;
    found.map(drop).ok_or_else(unknown_in_input)
}

/// The same without a transaction.
pub async fn known(service: &ApiGateway, call: &Call, id: &str) -> Result<(), Error> {
    let at = format!("{}{id}", owner_prefix(call));
    let found = service.store.get(&CLIENT_CERTIFICATES, &at).await?;
    found.map(drop).ok_or_else(unknown_in_input)
}

// UNVERIFIED: AWS's text.
fn unknown_in_input() -> Error {
    Error::bad("Invalid client certificate identifier specified")
}

/// The 404 of a certificate that the caller's account does not have.
// UNVERIFIED: AWS's text.
pub fn unknown() -> Error {
    Error::not_found("Invalid Client Certificate identifier specified")
}

fn show(record: &ClientCertificateRecord) -> wire::ClientCertificate {
    wire::ClientCertificate {
        client_certificate_id: Some(record.id.clone()),
        description: record.description.clone(),
        pem_encoded_certificate: Some(record.certificate.clone()),
        created_date: Some(Timestamp(record.created_ms)),
        expiration_date: Some(Timestamp(record.expires_ms)),
        tags: Some(record.tags.clone()).filter(|tags| !tags.is_empty()),
    }
}

impl ApiGateway {
    async fn add_client_certificate(
        &self,
        call: &Call,
        input: wire::GenerateClientCertificateRequest,
    ) -> Result<ClientCertificateRecord, Error> {
        let tags = tags::checked(input.tags.unwrap_or_default())?;
        // Certificates know whole seconds.
        let from_s = self.now_ms().div_euclid(1_000);
        let until_s = from_s + limits::CLIENT_CERTIFICATE_S;
        let prefix = owner_prefix(call);
        let _one_at_a_time = self.key_turn.lock().await;
        // Nobody else makes one meanwhile, so this holds until the end.
        let known = self
            .store
            .scan(&CLIENT_CERTIFICATES, &prefix, None, SCAN_MAX);
        let known = known.await?;
        check_room(known.len())?;
        let ids = Arc::clone(&self.ids);
        let making =
            tokio::task::spawn_blocking(move || self_signed::make(ids.as_ref(), from_s, until_s));
        let made = making.await.map_err(|error| error.to_string());
        let made = made.and_then(|made| made).map_err(Error::NoCertificate)?;
        let is_taken = |id: &str| known.iter().any(|(key, _)| key.ends_with(id));
        let record = ClientCertificateRecord {
            id: self.id(ID_LENGTH, is_taken),
            description: input.description.filter(|text| !text.is_empty()),
            certificate: made.certificate,
            key: made.key,
            tags,
            created_ms: from_s * 1_000,
            expires_ms: until_s * 1_000,
        };
        let at = format!("{prefix}{}", record.id);
        let mut tx = self.store.begin().await;
        tx.put(&CLIENT_CERTIFICATES, &at, &record)?;
        tx.commit().await?;
        self.certificates.put(&at, &record);
        Ok(record)
    }

    /// Changes what is said of a certificate; it stays the same certificate.
    pub(crate) async fn change_client_certificate(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(&mut ClientCertificateRecord) -> Result<(), Error> + Send,
    ) -> Result<ClientCertificateRecord, Error> {
        let at = format!("{}{id}", owner_prefix(call));
        let mut tx = self.store.begin().await;
        let found = tx.get(&CLIENT_CERTIFICATES, &at).await?;
        let mut record = found.ok_or_else(unknown)?;
        change(&mut record)?;
        tx.put(&CLIENT_CERTIFICATES, &at, &record)?;
        tx.commit().await?;
        Ok(record)
    }

    async fn remove_client_certificate(&self, call: &Call, id: &str) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let at = format!("{}{id}", owner_prefix(call));
        let mut tx = self.store.begin().await;
        let found = tx.get(&CLIENT_CERTIFICATES, &at).await?;
        found.ok_or_else(unknown)?;
        if let Some(stage) = stage_with(&tx, call, id).await? {
            // UNVERIFIED: AWS's text.
            return Err(Error::bad(format!(
                "Cannot delete Client Certificate {id} because it is used by stage {stage}"
            )));
        }
        tx.delete(&CLIENT_CERTIFICATES, &at);
        tx.commit().await?;
        self.certificates.remove(&at);
        Ok(())
    }

    /// Reads every certificate into memory, at start and after the store was emptied.
    pub(crate) async fn load_certificates(&self) -> Result<(), Error> {
        self.certificates.clear();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .store
                .scan(&CLIENT_CERTIFICATES, "", after.as_deref(), SCAN_MAX);
            let page = page.await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            for (at, record) in &page {
                self.certificates.put(at, record);
            }
        }
    }
}

/// Passes an account that may have one more.
fn check_room(known: usize) -> Result<(), Error> {
    if known < limits::CLIENT_CERTIFICATES_MAX {
        return Ok(());
    }
    // UNVERIFIED: AWS's text.
    Err(Error::LimitExceeded(
        "Maximum number of client certificates for this account has been reached".into(),
    ))
}

/// A stage of the account that shows the certificate, as `{api}/{stage}`.
async fn stage_with(tx: &Tx, call: &Call, id: &str) -> Result<Option<String>, Error> {
    // One page is more than an account may have.
    const { assert!(SCAN_MAX >= limits::APIS_MAX) };
    let prefix = owner_prefix(call);
    for (key, _) in tx.scan(&OWNED, &prefix, None, SCAN_MAX).await? {
        let api_id = key.strip_prefix(&prefix).unwrap_or_default();
        let Some(record) = tx.get(&APIS, api_id).await? else {
            continue;
        };
        let mut stages = record.stages.values();
        let shows = stages.find(|stage| stage.client_certificate_id.as_deref() == Some(id));
        if let Some(stage) = shows {
            return Ok(Some(format!("{api_id}/{}", stage.name)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_sixty_and_no_more() {
        assert!(check_room(59).is_ok());
        assert!(matches!(check_room(60), Err(Error::LimitExceeded(_))));
    }
}

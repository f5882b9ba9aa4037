//! VPC links: private upstreams behind a network load balancer.
//!
//! Crossway has no VPCs. Where a target leads is the operator's word; a link whose target nobody
//! named is `FAILED`, as one is on AWS whose load balancer cannot be found.

use crate::{
    ApiGateway, Error, ID_LENGTH, limits,
    links::record_links::{VPC_LINKS, VpcLinkRecord},
    page, patch,
    patch::Patch,
    plans::record_plans::owner_prefix,
    tags,
};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;
use store::SCAN_MAX;

/// CreateVpcLink. It is made at once; AWS needs minutes and shows `PENDING` until then.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateVpcLinkRequest,
) -> Result<wire::VpcLink, ServiceError> {
    let made = service.add_vpc_link(&call, input).await?;
    Ok(show(&service, &made))
}

/// GetVpcLink.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetVpcLinkRequest,
) -> Result<wire::VpcLink, ServiceError> {
    let at = format!("{}{}", owner_prefix(&call), input.vpc_link_id);
    let found = service.store.get(&VPC_LINKS, &at).await;
    let found = found.map_err(Error::from)?.ok_or_else(unknown)?;
    Ok(show(&service, &found))
}

/// GetVpcLinks.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetVpcLinksRequest,
) -> Result<wire::VpcLinks, ServiceError> {
    // One page is more than an account may have.
    const { assert!(SCAN_MAX >= limits::VPC_LINKS_MAX) };
    let prefix = owner_prefix(&call);
    let all = service.store.scan(&VPC_LINKS, &prefix, None, SCAN_MAX);
    let all = all.await.map_err(Error::from)?;
    let page = page::cut(all, input.limit, input.position.as_deref());
    Ok(wire::VpcLinks {
        items: Some(page.items.iter().map(|link| show(&service, link)).collect()),
        position: page.position,
    })
}

/// UpdateVpcLink: name and description.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateVpcLinkRequest,
) -> Result<wire::VpcLink, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let changed = service
        .change_vpc_link(&call, &input.vpc_link_id, |link| {
            patches.iter().try_for_each(|patch| apply(link, patch))
        })
        .await?;
    Ok(show(&service, &changed))
}

/// DeleteVpcLink. Integrations that name it answer 500 from then on.
// UNVERIFIED: AWS refuses to delete a link that an integration names; its text is not known.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteVpcLinkRequest,
) -> Result<wire::DeleteVpcLinkOutput, ServiceError> {
    let at = format!("{}{}", owner_prefix(&call), input.vpc_link_id);
    let mut tx = service.store.begin().await;
    let found = tx.get(&VPC_LINKS, &at).await.map_err(Error::from)?;
    found.ok_or_else(unknown)?;
    tx.delete(&VPC_LINKS, &at);
    tx.commit().await.map_err(Error::from)?;
    service.links.remove(&at);
    Ok(wire::DeleteVpcLinkOutput::default())
}

fn apply(link: &mut VpcLinkRecord, patch: &Patch) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["name"] => {
            patch.only_replace()?;
            link.name = checked_name(patch.text())?;
        }
        ["description"] => {
            patch.only_replace()?;
            link.description = patch.some_text();
        }
        _ => return Err(patch.unknown_path()),
    }
    Ok(())
}

impl ApiGateway {
    /// Changes what is said of a link; where it leads stays.
    pub(crate) async fn change_vpc_link(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(&mut VpcLinkRecord) -> Result<(), Error> + Send,
    ) -> Result<VpcLinkRecord, Error> {
        let at = format!("{}{id}", owner_prefix(call));
        let mut tx = self.store.begin().await;
        let mut link = tx.get(&VPC_LINKS, &at).await?.ok_or_else(unknown)?;
        change(&mut link)?;
        tx.put(&VPC_LINKS, &at, &link)?;
        tx.commit().await?;
        Ok(link)
    }

    async fn add_vpc_link(
        &self,
        call: &Call,
        input: wire::CreateVpcLinkRequest,
    ) -> Result<VpcLinkRecord, Error> {
        let target_arn = target(call, input.target_arns)?;
        let tags = tags::checked(input.tags.unwrap_or_default())?;
        let prefix = owner_prefix(call);
        let mut tx = self.store.begin().await;
        let known = tx.scan(&VPC_LINKS, &prefix, None, SCAN_MAX).await?;
        if known.len() >= limits::VPC_LINKS_MAX {
            // UNVERIFIED: AWS's text.
            return Err(Error::LimitExceeded(
                "Maximum number of VPC links for this account has been reached".into(),
            ));
        }
        let is_taken = |id: &str| known.iter().any(|(key, _)| key.ends_with(id));
        let link = VpcLinkRecord {
            id: self.id(ID_LENGTH, is_taken),
            name: checked_name(input.name)?,
            description: input.description.filter(|text| !text.is_empty()),
            target_arn,
            tags,
            created_ms: self.now_ms(),
        };
        let at = format!("{prefix}{}", link.id);
        tx.put(&VPC_LINKS, &at, &link)?;
        tx.commit().await?;
        self.links.put(&at, &link);
        Ok(link)
    }

    /// Reads every link into memory, at start and after the store was emptied.
    pub(crate) async fn load_links(&self) -> Result<(), Error> {
        self.links.clear();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(&VPC_LINKS, "", after.as_deref(), SCAN_MAX);
            let page = page.await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            for (at, link) in &page {
                self.links.put(at, link);
            }
        }
    }
}

/// The one target that a link of API Gateway's first version has: "the network load balancer must
/// be owned by the same Amazon Web Services account of the API owner" ("CreateVpcLink", API
/// reference), and in the same Region.
// UNVERIFIED: AWS's texts.
fn target(call: &Call, mut arns: Vec<String>) -> Result<String, Error> {
    let arn = arns.pop().filter(|_| arns.is_empty());
    let arn = arn.ok_or_else(|| Error::bad("A VPC link has exactly one target ARN"))?;
    let parsed: Result<arn::Arn, _> = arn.parse();
    let balancer = parsed.ok().filter(|parsed| {
        parsed.service() == "elasticloadbalancing"
            && parsed.resource().starts_with("loadbalancer/net/")
    });
    let Some(balancer) = balancer else {
        return Err(Error::bad(
            "Invalid NLB ARN specified: only network load balancers can be targets of a VPC link",
        ));
    };
    let is_own =
        balancer.account() == call.account.as_str() && balancer.region() == call.region.as_str();
    match is_own {
        true => Ok(arn),
        false => Err(Error::bad(
            "Invalid NLB ARN specified: the load balancer of a VPC link is in its account and Region",
        )),
    }
}

fn checked_name(name: String) -> Result<String, Error> {
    match name.is_empty() {
        true => Err(Error::bad("Name must not be empty")),
        false => Ok(name),
    }
}

/// The 404 of a link that the caller's account does not have.
pub fn unknown() -> Error {
    Error::not_found("Invalid Vpc Link identifier specified")
}

fn show(service: &ApiGateway, link: &VpcLinkRecord) -> wire::VpcLink {
    let is_named = service.links.upstream_of(&link.target_arn).is_some();
    let (status, message) = match is_named {
        true => ("AVAILABLE", "Your vpc link is ready for use".to_owned()),
        false => (
            "FAILED",
            format!(
                "No upstream is configured for {}; the operator names one under `vpc_links`",
                link.target_arn
            ),
        ),
    };
    wire::VpcLink {
        id: Some(link.id.clone()),
        name: Some(link.name.clone()),
        description: link.description.clone(),
        target_arns: Some(vec![link.target_arn.clone()]),
        status: Some(status.into()),
        status_message: Some(message),
        tags: Some(link.tags.clone()).filter(|tags| !tags.is_empty()),
    }
}

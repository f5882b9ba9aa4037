//! What a request to a deployed API would be decided by, for explanations ahead of time.

use crate::Gateway;
use crate::compiled::ResourcePolicy;
use arn::Arn;
use policy::Document;
use ports::{Resources, Touch, Unknown};
use std::sync::{Arc, LazyLock};
use stdx::BoxFuture;

/// The policy of an API that lets nobody in.
static NOBODY: LazyLock<Arc<Document>> = LazyLock::new(|| {
    let text = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    Arc::new(Document::parse(text).expect("the document is well formed"))
});

/// Of resources `arn:aws:execute-api:region:account:api/stage/VERB/path` whose stage is live: the
/// resource policy that it serves, as methods with `AWS_IAM` ask for it.
impl Resources for Gateway {
    fn touch<'a>(
        &'a self,
        action: &'a str,
        resource: &'a Arn,
    ) -> BoxFuture<'a, Result<Option<Touch>, Unknown>> {
        Box::pin(std::future::ready(Ok(self.described(action, resource))))
    }
}

impl Gateway {
    fn described(&self, action: &str, resource: &Arn) -> Option<Touch> {
        if resource.service() != "execute-api" {
            return None;
        }
        let mut parts = resource.resource().splitn(3, '/');
        let stage = self.snapshots.get(parts.next()?, parts.next()?).ok()?;
        let is_its_own = resource.account_id().as_ref() == Some(&stage.account)
            && resource.region_id().as_ref() == Some(&stage.region);
        if !is_its_own {
            return None;
        }
        let mut touch = Touch::new(action, resource.as_str(), stage.account.clone());
        touch.resource_policy = match &stage.policy {
            ResourcePolicy::None => None,
            ResourcePolicy::Document(document) => Some(Arc::clone(document)),
            ResourcePolicy::Nobody => Some(Arc::clone(&NOBODY)),
        };
        Some(touch)
    }
}

//! `ports::Resources`: what a decision about a function depends on, for those who explain it.

use crate::name::FunctionName;
use crate::{Lambda, permission};
use arn::Arn;
use ports::{Resources, Touch, Unknown};
use stdx::BoxFuture;

impl Resources for Lambda {
    fn touch<'a>(
        &'a self,
        action: &'a str,
        resource: &'a Arn,
    ) -> BoxFuture<'a, Result<Option<Touch>, Unknown>> {
        Box::pin(async move {
            let (Some(account), Some(region)) = (resource.account_id(), resource.region_id())
            else {
                return Ok(None);
            };
            if resource.service() != "lambda" || !resource.resource().starts_with("function:") {
                return Ok(None);
            }
            let Ok(name) = FunctionName::parse(resource.as_str(), None, &account, &region) else {
                return Ok(None);
            };
            let function = self.function(&name).await.map_err(|error| {
                tracing::error!(%error, "a function could not be read");
                Unknown
            })?;
            Ok(Some(permission::touch(action, &name, function.as_deref())))
        })
    }
}

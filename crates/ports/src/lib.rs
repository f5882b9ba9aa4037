//! The traits by which services meet, and the plain data that they pass.
//!
//! No behaviour lives here. `crossway` joins implementations to users; a service never imports
//! another service. Calls go `gateway` → `lambda` → `compute` → `logs`, never back.

mod authorize;
mod aws_apis;
mod call;
mod caller;
mod client_certificates;
mod compute;
mod credentials;
mod deployments;
mod function_url;
mod http;
mod invoke;
mod issuers;
mod logs;
mod organizations;
mod own_service;
mod resources;
mod sessions;
mod sign_in;
mod test_invoke;
mod usage;
mod vpc_links;

pub use authorize::{Authorize, Denial, RequestFacts, Touch, Touches};
pub use aws_apis::{ApiCall, AwsApis};
pub use call::Call;
pub use caller::{Caller, ServiceCaller};
pub use client_certificates::{ClientCertificate, ClientCertificates};
pub use compute::{
    CodeHash, CodeSource, Compute, ComputeError, Debug, DebugError, Debugging, FunctionError,
    FunctionLogging, FunctionSpec, Outcome, Provision, Provisioned, ResponseSink, Work,
};
pub use credentials::{
    AssumeError, Credential, CredentialError, Credentials, Named, Secret, SessionCredentials,
};
pub use deployments::{Deployments, Found, LiveStage};
pub use function_url::{FunctionUrl, ServeFunctionUrl};
pub use http::{ConnectionInfo, ExecuteApi, HeaderNames, HttpService, ServeApi};
pub use invoke::{
    FunctionStream, Invocation, InvocationType, Invoke, InvokeError, Invoked, InvokedStream,
    Payload, StreamEnd, StreamEvent,
};
pub use issuers::{IssuerError, Issuers, KeySource, WantedKey};
pub use logs::{LogBatch, LogEvent, LogSink, LogTarget};
pub use organizations::{Accounts, Membership, NewAccount, NewAccountError, Organizations};
pub use own_service::{OWN_SERVICE, own_service};
pub use resources::{Resources, Unknown};
pub use sessions::Sessions;
pub use sign_in::{SignIn, SignInAttempt, SignInError};
pub use test_invoke::{
    TestAuthorizerRequest, TestAuthorizerResponse, TestInvoke, TestRequest, TestResponse,
};
pub use usage::{Meter, PlanKey, StagePlan, StagePlans, Throttle, UsagePlans};
pub use vpc_links::VpcLinks;

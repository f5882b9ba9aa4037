//! The registry of a service: which handler serves which operation.

use crate::{EventStream, Location, Operation, OperationMeta, ServiceError, ServiceMeta, Value};
use crate::{Read as _, Write as _};
use std::{collections::BTreeMap, future::Future, sync::Arc};
use stdx::BoxFuture;

/// The operations that a service serves, ready for `endpoint`; `C` is what every call is told,
/// `T` what an operation says it touches.
///
/// Built by [`Operations::new`], one [`Register::on`] an operation, and [`Register::finish`].
/// An operation cannot be registered without saying what it touches, so it cannot ship
/// unauthorized.
///
/// ```text
/// pub fn operations(service: Arc<Lambda>) -> Operations {
///     Operations::new(api::lambda::SERVICE, service)
///         .on(op::AddPermission, touches::function, permission::add)
///         .finish()
/// }
/// ```
pub struct Operations<C, T> {
    service: &'static ServiceMeta,
    makers: BTreeMap<&'static str, Maker<C, T>>,
}

type Maker<C, T> = Box<dyn Fn(Value) -> Box<dyn Prepared<C, T>> + Send + Sync>;

/// A decoded request and its handler, types erased.
pub trait Prepared<C, T>: Send {
    /// What the request touches, to be authorized before [`Self::call`].
    fn touches<'a>(&'a self, call: &'a C) -> BoxFuture<'a, Result<T, ServiceError>>;

    /// Runs the handler; gives the output's tree for the encoder.
    fn call(self: Box<Self>, call: C) -> BoxFuture<'static, Result<Value, ServiceError>>;
}

/// [`Operations`] under construction for service `S`.
pub struct Register<S, C, T> {
    operations: Operations<C, T>,
    service: Arc<S>,
}

impl<C: Send + Sync + 'static, T: 'static> Operations<C, T> {
    /// An empty registry for the service that `meta` describes; `service` serves it.
    #[allow(
        clippy::new_ret_no_self,
        reason = "the registry is complete only after `finish`"
    )]
    pub fn new<S: Send + Sync + 'static>(
        meta: &'static ServiceMeta,
        service: Arc<S>,
    ) -> Register<S, C, T> {
        let makers = BTreeMap::new();
        Register {
            operations: Self {
                service: meta,
                makers,
            },
            service,
        }
    }
}

impl<C, T> Operations<C, T> {
    /// The service.
    pub fn service(&self) -> &'static ServiceMeta {
        self.service
    }

    /// Whether the operation has a handler; without one it is answered 501.
    pub fn serves(&self, operation: &OperationMeta) -> bool {
        self.makers.contains_key(operation.name)
    }

    /// The handler, loaded with an input that [`decode`](crate::decode) gave; none without handler.
    pub fn prepare(
        &self,
        operation: &OperationMeta,
        input: Value,
    ) -> Option<Box<dyn Prepared<C, T>>> {
        self.makers.get(operation.name).map(|make| make(input))
    }
}

impl<S, C, T> Register<S, C, T>
where
    S: Send + Sync + 'static,
    C: Send + Sync + 'static,
    T: 'static,
{
    /// Serves `O`: `touches` says what a request touches, `handle` does it.
    #[must_use]
    pub fn on<O, W, H, F>(mut self, _operation: O, touches: W, handle: H) -> Self
    where
        O: Operation,
        W: for<'a> Fn(&'a S, &'a C, &'a O::Input) -> BoxFuture<'a, Result<T, ServiceError>>
            + Send
            + Sync
            + 'static,
        H: Fn(Arc<S>, C, O::Input) -> F + Send + Sync + 'static,
        F: Future<Output = Result<O::Output, ServiceError>> + Send + 'static,
    {
        let service = Arc::clone(&self.service);
        let handler = Arc::new((touches, handle));
        let make: Maker<C, T> = Box::new(move |input| {
            Box::new(Loaded::<S, O, W, H> {
                service: Arc::clone(&service),
                input: O::Input::read(Some(input)),
                handler: Arc::clone(&handler),
            })
        });
        self.operations.makers.insert(O::META.name, make);
        self
    }

    /// Serves `O`, whose answer's payload is a stream of events: `handle` gives the other members
    /// and, unless there is nothing to tell, the events.
    #[must_use]
    pub fn on_streaming<O, W, H, F>(mut self, _operation: O, touches: W, handle: H) -> Self
    where
        O: Operation,
        W: for<'a> Fn(&'a S, &'a C, &'a O::Input) -> BoxFuture<'a, Result<T, ServiceError>>
            + Send
            + Sync
            + 'static,
        H: Fn(Arc<S>, C, O::Input) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(O::Output, Option<EventStream>), ServiceError>> + Send + 'static,
    {
        let service = Arc::clone(&self.service);
        let handler = Arc::new((touches, handle));
        let make: Maker<C, T> = Box::new(move |input| {
            Box::new(LoadedStream::<S, O, W, H>(Loaded {
                service: Arc::clone(&service),
                input: O::Input::read(Some(input)),
                handler: Arc::clone(&handler),
            }))
        });
        self.operations.makers.insert(O::META.name, make);
        self
    }

    /// The registry, complete.
    pub fn finish(self) -> Operations<C, T> {
        self.operations
    }
}

impl<S, C, T> From<Register<S, C, T>> for Operations<C, T> {
    fn from(register: Register<S, C, T>) -> Self {
        register.operations
    }
}

struct Loaded<S, O: Operation, W, H> {
    service: Arc<S>,
    input: O::Input,
    handler: Arc<(W, H)>,
}

impl<S, C, T, O, W, H, F> Prepared<C, T> for Loaded<S, O, W, H>
where
    S: Send + Sync + 'static,
    C: Send + Sync + 'static,
    O: Operation,
    W: for<'a> Fn(&'a S, &'a C, &'a O::Input) -> BoxFuture<'a, Result<T, ServiceError>>
        + Send
        + Sync
        + 'static,
    H: Fn(Arc<S>, C, O::Input) -> F + Send + Sync + 'static,
    F: Future<Output = Result<O::Output, ServiceError>> + Send + 'static,
{
    fn touches<'a>(&'a self, call: &'a C) -> BoxFuture<'a, Result<T, ServiceError>> {
        (self.handler.0)(&self.service, call, &self.input)
    }

    fn call(self: Box<Self>, call: C) -> BoxFuture<'static, Result<Value, ServiceError>> {
        let output = (self.handler.1)(self.service, call, self.input);
        Box::pin(async move {
            output
                .await
                .map(|output| output.write().unwrap_or(Value::Null))
        })
    }
}

/// The same for an operation whose payload is a stream.
struct LoadedStream<S, O: Operation, W, H>(Loaded<S, O, W, H>);

impl<S, C, T, O, W, H, F> Prepared<C, T> for LoadedStream<S, O, W, H>
where
    S: Send + Sync + 'static,
    C: Send + Sync + 'static,
    O: Operation,
    W: for<'a> Fn(&'a S, &'a C, &'a O::Input) -> BoxFuture<'a, Result<T, ServiceError>>
        + Send
        + Sync
        + 'static,
    H: Fn(Arc<S>, C, O::Input) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(O::Output, Option<EventStream>), ServiceError>> + Send + 'static,
{
    fn touches<'a>(&'a self, call: &'a C) -> BoxFuture<'a, Result<T, ServiceError>> {
        (self.0.handler.0)(&self.0.service, call, &self.0.input)
    }

    fn call(self: Box<Self>, call: C) -> BoxFuture<'static, Result<Value, ServiceError>> {
        let output = (self.0.handler.1)(self.0.service, call, self.0.input);
        Box::pin(async move {
            let (output, stream) = output.await?;
            let mut value = output.write().unwrap_or(Value::Null);
            let mut members = O::META.output.members().iter();
            let place = members.position(|member| member.location == Location::Payload);
            if let (Value::Structure(fields), Some(place), Some(stream)) =
                (&mut value, place, stream)
                && let Some(field) = fields.get_mut(place)
            {
                *field = Some(Value::Stream(stream));
            }
            Ok(value)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, non_upper_case_globals, missing_docs)]
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    static Text: crate::Schema = crate::Schema::new("Text", crate::Kind::String);
    crate::structure! { GreetInput (read) { name: String = crate::member("Name", &Text).required(); } }
    crate::structure! { GreetOutput (write) { words: Option<String> = crate::member("Words", &Text); } }
    mod op {
        crate::operations! {
            Greet: "POST" "/greet/{Name}" 200, GreetInput => GreetOutput, "";
            Wave: unsigned "POST" "/wave" 200, GreetInput => GreetOutput, "";
        }
    }
    static SERVICE: ServiceMeta = ServiceMeta {
        name: "greeter",
        version: "2026-11-22",
        protocol: crate::Protocol::RestJson,
        names_body_input: false,
        xml_namespace: "",
        target_prefix: "",
        operations: op::ALL,
        errors: &[],
    };

    struct Greeter {
        greeting: &'static str,
    }

    async fn greet(
        service: Arc<Greeter>,
        call: u8,
        input: GreetInput,
    ) -> Result<GreetOutput, ServiceError> {
        let words = format!("{} {} {call}", service.greeting, input.name);
        Ok(GreetOutput { words: Some(words) })
    }

    fn operations() -> Operations<u8, String> {
        let greeter = Arc::new(Greeter { greeting: "hello" });
        Operations::new(&SERVICE, greeter)
            .on(
                op::Greet,
                |service, call, input| {
                    let touched = format!("{} {call} {}", service.greeting, input.name);
                    Box::pin(async move { Ok(touched) })
                },
                greet,
            )
            .finish()
    }

    fn ready<T>(future: impl Future<Output = T>) -> T {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(future).poll(&mut context) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("the handler waits"),
        }
    }

    #[test]
    fn a_registered_operation_says_what_it_touches_and_runs() {
        let operations = operations();
        let greet = SERVICE.operation("Greet").unwrap();
        let input = Value::Structure(vec![Some(Value::String("you".into()))]);
        let prepared = operations.prepare(greet, input).unwrap();
        assert_eq!(ready(prepared.touches(&1)).unwrap(), "hello 1 you");
        let output = ready(prepared.call(2)).unwrap();
        let words = Value::String("hello you 2".into());
        assert_eq!(output, Value::Structure(vec![Some(words)]));
    }

    #[test]
    fn an_operation_without_handler_is_known_but_not_served() {
        let operations = operations();
        let wave = SERVICE.operation("Wave").unwrap();
        assert!(wave.is_unsigned);
        assert!(!operations.serves(wave));
        assert!(operations.prepare(wave, Value::Null).is_none());
    }
}

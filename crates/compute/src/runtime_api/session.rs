//! The order of calls: which one is allowed when, and what each is answered.
//!
//! The states and their names are those of AWS's Runtime Interface Emulator.

use super::answer;
use super::request::{Part, Request, Target};
use bytes::Bytes;

/// Where a worker stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum State {
    #[default]
    Started,
    InitError,
    /// It asked for an event and waits.
    Ready,
    /// It works on this request id.
    Running(String),
    /// Its response has begun and is not yet whole.
    Streaming,
    ResponseSent,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            State::Started => "Started",
            State::InitError => "InitError",
            // The emulator knows one state for both.
            State::Ready | State::Running(_) => "Ready",
            State::Streaming | State::ResponseSent => "RuntimeResponseSentState",
        }
    }
}

/// What a request means for whoever drives the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// It asks for an event; the answer is the event, when there is one.
    Ready,
    /// It asks again for the event that it already has.
    Again,
    /// It refuses to start.
    InitFailed {
        /// The error object.
        payload: Bytes,
        /// What it is called in `INIT_REPORT` and `REPORT`.
        error_type: Option<String>,
    },
    /// The handler's answer.
    Answered(Bytes),
    /// The handler's error object.
    Failed(Bytes),
    /// The handler's answer was too large to keep.
    TooLarge,
    /// The handler's answer begins, of this content type.
    Begun(Option<String>),
    /// The next bytes of it.
    Piece(Bytes),
    /// It has ended, with the error object of a handler that failed on the way.
    Ended(Option<Bytes>),
    /// Nothing: the call was out of order, or of no known kind.
    Refused,
}

/// The order of calls of one worker.
#[derive(Debug, Default)]
pub(crate) struct Session {
    state: State,
    /// What a response that was out of order is answered, once it has come to its end.
    refusal: Option<Bytes>,
}

impl Session {
    /// An event was sent; the worker works on it.
    pub(crate) fn began(&mut self, request_id: &str) {
        self.state = State::Running(request_id.to_owned());
    }

    /// What `request` means and, unless it waits for an event, its answer.
    pub(crate) fn take(&mut self, request: Request) -> (Step, Option<Bytes>) {
        if request.part != Part::Whole {
            return self.part(request);
        }
        match &request.target {
            Target::Next => self.next(),
            Target::Response(id) => match self.check(id, "InvocationResponse") {
                Err(answer) => (Step::Refused, Some(answer)),
                Ok(()) => self.response(request),
            },
            Target::Error(id) => match self.check(id, "InvocationErrorResponse") {
                Err(answer) => (Step::Refused, Some(answer)),
                Ok(()) => self.error(request.body),
            },
            Target::InitError => self.init_error(request),
            Target::Extension(_) | Target::Unknown => (Step::Refused, Some(answer::NOT_FOUND)),
        }
    }

    fn next(&mut self) -> (Step, Option<Bytes>) {
        match self.state {
            State::Started | State::ResponseSent | State::Ready => {
                self.state = State::Ready;
                (Step::Ready, None)
            }
            State::Running(_) => (Step::Again, None),
            State::InitError | State::Streaming => (
                Step::Refused,
                Some(answer::invalid_transition(self.state.name(), "Ready")),
            ),
        }
    }

    fn check(&self, id: &str, to: &str) -> Result<(), Bytes> {
        match &self.state {
            State::Running(running) if running == id => Ok(()),
            State::Running(_) | State::Ready => Err(answer::invalid_request_id()),
            state => Err(answer::invalid_transition(state.name(), to)),
        }
    }

    /// A part of a response that comes in pieces.
    fn part(&mut self, request: Request) -> (Step, Option<Bytes>) {
        match (request.part, &request.target) {
            (Part::Begin(content_type), Target::Response(id)) => {
                self.refusal = self.check(id, "InvocationResponse").err();
                if self.refusal.is_some() {
                    return (Step::Refused, None);
                }
                self.state = State::Streaming;
                (Step::Begun(content_type), None)
            }
            (Part::End, _) => match self.refusal.take() {
                Some(refusal) => (Step::Refused, Some(refusal)),
                None => {
                    self.state = State::ResponseSent;
                    let error = request.error_body.or_else(|| {
                        let kind = request.error_type?;
                        Some(serde_json::json!({ "errorType": kind }).to_string().into())
                    });
                    (Step::Ended(error), Some(answer::ACCEPTED))
                }
            },
            _ if self.refusal.is_some() => (Step::Refused, None),
            _ => (Step::Piece(request.body.unwrap_or_default()), None),
        }
    }

    fn response(&mut self, request: Request) -> (Step, Option<Bytes>) {
        self.state = State::ResponseSent;
        let step = match (request.body, request.error_body, request.error_type) {
            (None, ..) => return (Step::TooLarge, Some(answer::too_large())),
            (Some(_), Some(error), _) => Step::Failed(error),
            (Some(_), None, Some(kind)) => {
                Step::Failed(serde_json::json!({ "errorType": kind }).to_string().into())
            }
            (Some(body), None, None) => Step::Answered(body),
        };
        (step, Some(answer::ACCEPTED))
    }

    fn error(&mut self, body: Option<Bytes>) -> (Step, Option<Bytes>) {
        self.state = State::ResponseSent;
        match body {
            Some(body) => (Step::Failed(body), Some(answer::ACCEPTED)),
            None => (Step::TooLarge, Some(answer::too_large())),
        }
    }

    fn init_error(&mut self, request: Request) -> (Step, Option<Bytes>) {
        if self.state != State::Started {
            let answer = answer::invalid_transition(self.state.name(), "InitError");
            return (Step::Refused, Some(answer));
        }
        self.state = State::InitError;
        let payload = request.body.unwrap_or_default();
        (
            Step::InitFailed {
                payload,
                error_type: request.error_type,
            },
            Some(answer::ACCEPTED),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: Target, body: Option<&'static str>) -> Request {
        let body = body.map(Bytes::from_static_str);
        Request {
            part: Part::Whole,
            target,
            body,
            error_type: None,
            error_body: None,
            took: None,
        }
    }

    trait FromStaticStr {
        fn from_static_str(text: &'static str) -> Bytes;
    }
    impl FromStaticStr for Bytes {
        fn from_static_str(text: &'static str) -> Bytes {
            Bytes::from_static(text.as_bytes())
        }
    }

    fn status(answer: Option<Bytes>) -> String {
        let answer = answer.unwrap_or_default();
        String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned()
    }

    fn running() -> Session {
        let mut session = Session::default();
        assert_eq!(
            session.take(request(Target::Next, Some(""))),
            (Step::Ready, None)
        );
        session.began("a");
        session
    }

    #[test]
    fn answer_then_next_is_the_way() {
        let mut session = running();
        let (step, answer) = session.take(request(Target::Response("a".into()), Some("1")));
        assert_eq!(step, Step::Answered(Bytes::from_static(b"1")));
        assert_eq!(status(answer), "202");
        assert_eq!(session.take(request(Target::Next, Some(""))).0, Step::Ready);
    }

    #[test]
    fn other_request_id_is_refused_and_the_right_one_still_counts() {
        let mut session = running();
        let (step, answer) = session.take(request(Target::Response("b".into()), Some("1")));
        assert_eq!((step, status(answer).as_str()), (Step::Refused, "400"));
        let (step, _) = session.take(request(Target::Error("a".into()), Some("{}")));
        assert_eq!(step, Step::Failed(Bytes::from_static(b"{}")));
    }

    #[test]
    fn second_answer_is_refused() {
        let mut session = running();
        session.take(request(Target::Response("a".into()), Some("1")));
        let (step, answer) = session.take(request(Target::Response("a".into()), Some("2")));
        assert_eq!(step, Step::Refused);
        let text = String::from_utf8_lossy(&answer.unwrap_or_default()).into_owned();
        assert!(text.starts_with("HTTP/1.1 403 "), "{text}");
        assert!(
            text.contains("from RuntimeResponseSentState to InvocationResponse"),
            "{text}"
        );
    }

    #[test]
    fn too_large_answer_ends_the_invocation() {
        let mut session = running();
        let (step, answer) = session.take(request(Target::Response("a".into()), None));
        assert_eq!((step, status(answer).as_str()), (Step::TooLarge, "413"));
        assert_eq!(session.take(request(Target::Next, Some(""))).0, Step::Ready);
    }

    #[test]
    fn init_error_counts_only_before_the_first_next() {
        let mut session = Session::default();
        let (step, _) = session.take(request(Target::InitError, Some("{}")));
        assert!(matches!(step, Step::InitFailed { .. }));
        assert_eq!(
            status(session.take(request(Target::Next, Some(""))).1),
            "403"
        );
        assert_eq!(
            status(running().take(request(Target::InitError, Some("{}"))).1),
            "403"
        );
    }

    #[test]
    fn answer_before_any_event_is_refused() {
        let mut session = Session::default();
        let (_, answer) = session.take(request(Target::Response("a".into()), Some("1")));
        assert_eq!(status(answer), "403");
        session.take(request(Target::Next, Some("")));
        let (_, answer) = session.take(request(Target::Response("a".into()), Some("1")));
        assert_eq!(status(answer), "400");
    }

    #[test]
    fn response_in_pieces_is_answered_at_its_end() {
        let part = |part: Part, body: &'static str| Request {
            part,
            ..request(Target::Response("a".into()), Some(body))
        };
        let mut session = running();
        let kind = Some("text/plain".to_owned());
        let (step, answer) = session.take(part(Part::Begin(kind.clone()), ""));
        assert_eq!((step, answer), (Step::Begun(kind), None));
        let (step, answer) = session.take(part(Part::More, "x"));
        assert_eq!((step, answer), (Step::Piece("x".into()), None));
        let (step, _) = session.take(request(Target::Next, Some("")));
        assert_eq!(step, Step::Refused);
        let (step, answer) = session.take(part(Part::End, ""));
        assert_eq!((step, status(answer).as_str()), (Step::Ended(None), "202"));
        assert_eq!(session.take(request(Target::Next, Some(""))).0, Step::Ready);
    }

    #[test]
    fn pieces_for_another_request_id_are_thrown_away() {
        let part = |part: Part| Request {
            part,
            ..request(Target::Response("b".into()), Some(""))
        };
        let mut session = running();
        assert_eq!(session.take(part(Part::Begin(None))), (Step::Refused, None));
        assert_eq!(session.take(part(Part::More)), (Step::Refused, None));
        let (step, answer) = session.take(part(Part::End));
        assert_eq!((step, status(answer).as_str()), (Step::Refused, "400"));
        let (step, _) = session.take(request(Target::Response("a".into()), Some("1")));
        assert_eq!(step, Step::Answered(Bytes::from_static(b"1")));
    }

    #[test]
    fn asking_again_gives_the_same_event() {
        assert_eq!(
            running().take(request(Target::Next, Some(""))).0,
            Step::Again
        );
    }
}

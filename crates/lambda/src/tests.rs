//! The service from its operations inwards, over fakes of its ports.

mod control;
mod front_door;
mod queue;
mod recorded;
mod support;

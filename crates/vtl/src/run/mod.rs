//! Rendering.
//!
//! Reading order: [`Run::render`] (nodes), `reference`, `expression`, `foreach`, `call`, `print`.

mod call;
mod expression;
mod foreach;
mod frame;
mod heap;
mod names;
mod node;
mod print;
mod reference;

pub use foreach::Loop;
pub use heap::Heap;
pub use node::BlockReference;

pub(crate) use frame::Frame;
pub(crate) use node::Run;

//! Whether the caller may do what the operation touches.

use crate::fault;
use ports::{Authorize, Call, Touches};
use smithy::{Protocol, ServiceError};

/// Asks for every touch. Operations with a front door of their own ask there.
pub(crate) async fn authorize(
    touches: Touches,
    call: &Call,
    authorize: &dyn Authorize,
    protocol: Protocol,
) -> Result<(), ServiceError> {
    match touches {
        Touches::Open | Touches::FrontDoor => Ok(()),
        Touches::All(touches) => {
            for touch in &touches {
                authorize
                    .authorize(&call.caller, touch, &call.facts)
                    .await
                    .map_err(|denial| fault::denied(protocol, &denial))?;
            }
            Ok(())
        }
    }
}

from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.doors import Host
from kalit.kit.request import Request
from kalit.locks.access import entry_store, verifying
from kalit.locks.access.verifying import PinGranted, PinKnock


@api.post(
    "/api/v1/access/verify-pin/",
    uses=entry_store.VERIFY,
    raises=verifying.REFUSALS,
    refused=verifying.DENIED,
    host=Host(timeout=20),
)
def handler(body: Unread[PinKnock], request: Request) -> PinGranted:
    """Whether a lock is to open for a PIN that is shown to it; called by the lock, signed."""
    return PinGranted(pin_info=entry_store.verify(body.read(), clock.now(), request.address))

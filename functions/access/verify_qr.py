from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.doors import Host
from kalit.kit.request import Request
from kalit.locks.access import entry_store, verifying
from kalit.locks.access.verifying import QrGranted, QrKnock


@api.post(
    "/api/v1/access/verify-qr/",
    uses=entry_store.VERIFY,
    raises=verifying.REFUSALS,
    refused=verifying.DENIED,
    host=Host(timeout=20),
)
def handler(body: Unread[QrKnock], request: Request) -> QrGranted:
    """Whether a lock is to open for a QR code that is shown to it; called by the lock, signed."""
    return QrGranted(qr_info=entry_store.verify(body.read(), clock.now(), request.address))

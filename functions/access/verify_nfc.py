from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.doors import Host
from kalit.kit.request import Request
from kalit.locks.access import entry_store, verifying
from kalit.locks.access.verifying import NfcGranted, NfcKnock


@api.post(
    "/api/v1/access/verify-nfc/",
    uses=entry_store.VERIFY_CARD,
    raises=verifying.REFUSALS,
    refused=verifying.DENIED,
    host=Host(timeout=20),
)
def handler(body: Unread[NfcKnock], request: Request) -> NfcGranted:
    """Whether a lock is to open for a card that is shown to it; called by the lock, signed."""
    return NfcGranted(nfc_info=entry_store.verify(body.read(), clock.now(), request.address))

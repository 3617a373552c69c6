from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.security import event_store
from kalit.security.events import FailedAttempt, ListAttempts


@api.get("/api/v1/security/failed-attempts/", uses=event_store.LIST, raises=[InvalidPage])
def handler(query: ListAttempts, caller: Caller) -> Paged[FailedAttempt]:
    """Codes, cards and QR codes that did not open your devices, the newest first; staff see all."""
    return event_store.attempts(query, caller, clock.now())

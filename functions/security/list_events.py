from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.security import event_store
from kalit.security.events import Event, ListEvents


@api.get("/api/v1/security/events/", uses=event_store.LIST, raises=[InvalidPage])
def handler(query: ListEvents, caller: Caller) -> Paged[Event]:
    """Security events, the newest first: what you did and what your devices met; staff see all."""
    return event_store.listed(query, caller, clock.now())

from uuid import UUID

from kalit.accounts import session_store
from kalit.accounts.sessions import SessionNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Said


@api.delete("/api/v1/auth/sessions/{id}/", uses=session_store.END, raises=[SessionNotFound])
def handler(id: UUID, caller: Caller) -> Said:
    """End one of your sessions; none of its tokens holds any more."""
    session_store.end(caller.uuid, id, clock.now())
    return Said(message="Session ended")

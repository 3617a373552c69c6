from kalit.accounts import session_store, store
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.v1 import Said


@api.delete("/api/v1/auth/sessions/", uses=store.CHANGE)
def handler(caller: Caller) -> Said:
    """End all your sessions, this one included; log in again to go on."""
    session_store.end_all(caller.uuid)
    return Said(message="All sessions ended")

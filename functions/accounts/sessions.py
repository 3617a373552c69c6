from kalit.accounts import session_store
from kalit.accounts.sessions import Session
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Listed


@api.get("/api/v1/auth/sessions/", uses=session_store.LIST)
def handler(caller: Caller) -> Listed[Session]:
    """Where you are logged in, the newest first."""
    return Listed.of(session_store.of(caller, clock.now()))

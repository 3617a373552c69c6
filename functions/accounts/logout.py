from kalit.accounts import session_store
from kalit.accounts.sessions import Client, Logout, NotYourToken
from kalit.accounts.tokens import RefreshNotValid
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.kit.v1 import Said


@api.post("/api/v1/auth/logout/", uses=session_store.LOG_OUT, raises=[NotYourToken])
def handler(body: Logout, caller: Caller, request: Request) -> Said:
    """End a session; its access token holds until it runs out."""
    try:
        session_store.log_out(caller, body.refresh, Client.of(request), clock.now())
    except RefreshNotValid:
        raise NotYourToken from None
    return Said(message="Logout successful")

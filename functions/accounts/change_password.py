from kalit.accounts import session_store
from kalit.accounts.people import PasswordChange
from kalit.accounts.sessions import Client
from kalit.kit import api, clock
from kalit.kit.caller import Newcomer
from kalit.kit.doors import Host
from kalit.kit.errors import Throttled
from kalit.kit.request import Request
from kalit.kit.v1 import Said


@api.post(
    "/api/v1/auth/change-password/",
    uses=session_store.CHANGE_PASSWORD,
    raises=[Throttled],
    host=Host(memory=1024),
)
def handler(body: PasswordChange, caller: Newcomer, request: Request) -> Said:
    """Set a new password; all other sessions end."""
    session_store.change_password(caller, body, Client.of(request), clock.now())
    return Said(message="Password changed successfully")

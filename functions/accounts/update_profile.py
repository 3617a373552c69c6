from kalit.accounts import session_store
from kalit.accounts.people import ProfileChange, User
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.kit.errors import Throttled
from kalit.kit.request import Request
from kalit.kit.v1 import Done


@api.patch(
    "/api/v1/auth/profile/",
    also=[("PUT", "/api/v1/auth/profile/")],
    uses=session_store.CHANGE,
    raises=[Throttled],
    host=Host(memory=1024),
)
def handler(body: ProfileChange, caller: Caller, request: Request) -> Done[User]:
    """Change your name or phone; what you leave out stays."""
    account = session_store.change_profile(caller, body, request.address, clock.now())
    return Done(message="Profile updated successfully", data=User.of(account))

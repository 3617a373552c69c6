from kalit.accounts import store
from kalit.accounts.people import ProfileChange, User
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Done


@api.patch("/api/v1/auth/profile/", also=[("PUT", "/api/v1/auth/profile/")], uses=store.CHANGE)
def handler(body: ProfileChange, caller: Caller) -> Done[User]:
    """Change your name or phone; what you leave out stays."""
    account = store.change(caller.uuid, body, clock.now())
    return Done(message="Profile updated successfully", data=User.of(account))

from kalit.accounts import store
from kalit.accounts.people import User
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given


@api.get("/api/v1/auth/profile/", uses=store.READ)
def handler(caller: Caller) -> Given[User]:
    """Your account."""
    return Given(data=User.of(store.by_uuid(caller.uuid).account))

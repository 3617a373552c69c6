from kalit.accounts import user_store
from kalit.accounts.users import Person, UserNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Admin


@api.post("/api/admin/users/{id}/end-sessions/", uses=user_store.CHANGE, raises=[UserNotFound])
def handler(id: int, caller: Admin) -> Person:
    """End all sessions of an account, access tokens included."""
    return user_store.end_sessions(id, caller, clock.now())

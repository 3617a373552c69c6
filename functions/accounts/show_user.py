from kalit.accounts import store, user_store
from kalit.accounts.users import Person, UserNotFound
from kalit.kit import api
from kalit.kit.caller import Admin


@api.get("/api/admin/users/{id}/", uses=store.READ, raises=[UserNotFound])
def handler(id: int, caller: Admin) -> Person:
    """An account."""
    return user_store.shown(id)

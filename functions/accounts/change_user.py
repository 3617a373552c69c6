from kalit.accounts import user_store
from kalit.accounts.users import ChangeUser, Person, UserNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.errors import Conflict


@api.patch(
    "/api/admin/users/{id}/",
    also=[("PUT", "/api/admin/users/{id}/")],
    uses=user_store.CHANGE,
    raises=[UserNotFound, Conflict],
)
def handler(id: int, body: ChangeUser, caller: Admin) -> Person:
    """Change an account's role or name, or block it, which ends its sessions; what you leave out stays."""
    return user_store.change(id, body, caller, clock.now())

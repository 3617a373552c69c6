from kalit.accounts import user_store
from kalit.accounts.users import ListUsers, Person
from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page


@api.get("/api/admin/users/", uses=user_store.LIST, raises=[InvalidPage])
def handler(query: ListUsers, caller: Admin) -> Page[Person]:
    """Accounts by id, fifty to a page."""
    return user_store.listed(query)

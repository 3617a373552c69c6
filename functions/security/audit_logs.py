from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged, PagedQuery
from kalit.security import audit_store
from kalit.security.chain import Logged


@api.get("/api/v1/security/audit-logs/", uses=audit_store.LIST, raises=[InvalidPage])
def handler(query: PagedQuery, caller: Admin) -> Paged[Logged]:
    """What staff did, the newest first."""
    return audit_store.listed(query)

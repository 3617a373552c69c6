from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged, PagedQuery
from kalit.security import alert_store
from kalit.security.alerts import Alert, AlertStatus


@api.get("/api/v1/security/alerts/unresolved/", uses=alert_store.LIST, raises=[InvalidPage])
def handler(query: PagedQuery, caller: Caller) -> Paged[Alert]:
    """Alerts that nobody has resolved, the newest first: your own; staff see all."""
    return alert_store.listed(query, [AlertStatus.OPEN], caller)

from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.security import alert_store
from kalit.security.alerts import Alert, ListAlerts


@api.get("/api/v1/security/alerts/", uses=alert_store.LIST, raises=[InvalidPage])
def handler(query: ListAlerts, caller: Caller) -> Paged[Alert]:
    """Alerts about your devices and your account, the newest first; staff see all."""
    return alert_store.listed(query, query.statuses, caller)

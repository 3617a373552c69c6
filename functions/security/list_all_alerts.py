from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.security import alert_store
from kalit.security.alerts import Alert, ListAllAlerts


@api.get("/api/admin/alerts/", uses=alert_store.LIST_ALL, raises=[InvalidPage])
def handler(query: ListAllAlerts, caller: Staff) -> Page[Alert]:
    """Everybody's alerts, the newest first, fifty to a page."""
    return alert_store.listed_all(query)

from uuid import UUID

from kalit.kit import api
from kalit.kit.caller import Staff
from kalit.security import alert_store
from kalit.security.alerts import Alert, AlertNotFound


@api.get("/api/admin/alerts/{id}/", uses=alert_store.SHOW, raises=[AlertNotFound])
def handler(id: UUID, caller: Staff) -> Alert:
    """Anybody's alert, as staff see it."""
    return alert_store.shown(id, caller)

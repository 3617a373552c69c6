from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.security import alert_store
from kalit.security.alerts import Alert, AlertChange, AlertNotFound


@api.patch(
    "/api/admin/alerts/{id}/",
    also=[("PUT", "/api/admin/alerts/{id}/")],
    uses=alert_store.RESOLVE,
    raises=[AlertNotFound],
)
def handler(id: UUID, body: AlertChange, caller: Staff) -> Alert:
    """Resolve anybody's alert; one that is resolved already stays as it is."""
    return alert_store.resolve(id, body, caller, clock.now())

from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Done
from kalit.security import alert_store
from kalit.security.alerts import Alert, AlertNotFound, Resolution


@api.post("/api/v1/security/alerts/{id}/resolve/", uses=alert_store.RESOLVE, raises=[AlertNotFound])
def handler(id: UUID, body: Resolution, caller: Caller) -> Done[Alert]:
    """Resolve an alert, and the event that opened it.

    One that is resolved already stays as it is, whoever asks again: the first one's name, time and notes count.
    """
    return Done(message="Alert resolved", data=alert_store.resolve(id, body, caller, clock.now()))

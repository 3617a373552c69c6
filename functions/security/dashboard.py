from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.v1 import Given
from kalit.security import figure_store
from kalit.security.figures import Dashboard


@api.get("/api/v1/security/dashboard/", uses=figure_store.SHOW)
def handler(caller: Staff) -> Given[Dashboard]:
    """The security events of the last seven days in figures."""
    return Given(data=figure_store.dashboard(clock.now()))

from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.doors import Host
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.providers import sandbox
from kalit.providers.sandbox import DeliveredEmail, EmailOutbox


@api.get("/api/email/outbox/", uses=sandbox.READ, raises=[InvalidPage], host=Host(outbox=True))
def handler(query: EmailOutbox, caller: Admin) -> Page[DeliveredEmail]:
    """E-mail that the sandbox took instead of sending it, the newest first."""
    return sandbox.emails(query)

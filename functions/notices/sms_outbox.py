from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.doors import Host
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.providers import sandbox
from kalit.providers.sandbox import DeliveredSms, SmsOutbox


@api.get("/api/sms/outbox/", uses=sandbox.READ, raises=[InvalidPage], host=Host(outbox=True))
def handler(query: SmsOutbox, caller: Admin) -> Page[DeliveredSms]:
    """SMS that the sandbox took instead of sending them, the newest first."""
    return sandbox.sms(query)

from kalit.campaigns import inbound, opt_out_store
from kalit.campaigns.inbound import Answer, Heard, NotTheProvider
from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.doors import Host
from kalit.kit.request import Request


@api.post("/api/sms/inbound/", uses=opt_out_store.HEAR, raises=[NotTheProvider], host=Host(timeout=25, inbound=True))
def handler(body: Unread[Answer], request: Request) -> Heard:
    """What somebody answered to an SMS, brought by the provider: STOP ends all messages to his phone, START undoes it.

    The words are understood in Uzbek, Russian and English. The provider shows the stage's secret in the header
    `X-Inbound-Secret`, or as the password of HTTP Basic.
    """
    inbound.authenticate(request)
    return opt_out_store.hear(inbound.answer(body, request), clock.now())

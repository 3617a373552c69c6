from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.work import Accepted, SendSms, SmsAsked
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.ids import ordered
from kalit.kit.request import Request
from kalit.kit.resources import Queue


@api.post("/api/sms/send/", uses=history_store.ASK, status=202, once=True)
def handler(body: SmsAsked, caller: Admin, request: Request, key: UUID | None) -> Accepted:
    """Have a six-digit code made, and sent where there is a phone."""
    at = clock.now()
    order = SendSms(id=key or ordered(at), phone=body.phone, language=request.language)
    return history_store.ask(Queue.SMS_QUEUE, order, "send_sms", caller, at, order.id)

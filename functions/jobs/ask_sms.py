from uuid import UUID

from kalit.jobs.work import Accepted, SendSms, SmsAsked
from kalit.kit import api, clock, queues
from kalit.kit.caller import Admin
from kalit.kit.ids import ordered
from kalit.kit.request import Request
from kalit.kit.resources import Queue


@api.post("/api/sms/send/", uses=[Queue.SMS_QUEUE.send], status=202, once=True)
def handler(body: SmsAsked, caller: Admin, request: Request, key: UUID | None) -> Accepted:
    """Have a six-digit code made, and sent where there is a phone."""
    at = clock.now()
    order = SendSms(id=key or ordered(at), asked_at=at, phone=body.phone, language=request.language)
    return Accepted(task_id=queues.send(Queue.SMS_QUEUE, order, name="send_sms", job=order.id))

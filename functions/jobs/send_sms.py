from kalit.jobs import response_store
from kalit.jobs.work import SendSms
from kalit.kit import clock, queues
from kalit.kit.resources import Queue


@queues.consume(Queue.SMS_QUEUE, uses=response_store.WRITE)
def handler(message: SendSms) -> int:
    """Make a six-digit code, keep it among the responses, and have it sent where there is a phone."""
    return response_store.respond(message, clock.now())

from kalit.kit import api, clock, queues
from kalit.kit.caller import Staff
from kalit.kit.request import Request
from kalit.kit.resources import Queue
from kalit.shop import letters
from kalit.shop.letters import Queued, TestEmail


@api.post("/api/test-email/", also=[("GET", "/api/test-email/")], uses=[Queue.EMAIL.send])
def handler(body: TestEmail, query: TestEmail, request: Request, caller: Staff) -> Queued:
    """Send a letter such as an order's buyer gets, to see whether letters arrive."""
    to = body.email or query.email or letters.NOBODY
    queues.send(Queue.EMAIL, letters.trial(to, clock.now()))
    return Queued(message=letters.QUEUED.say(request.language))

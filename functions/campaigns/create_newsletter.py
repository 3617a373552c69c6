from uuid import UUID

from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, NewNewsletter
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.request import Request


@api.post("/api/newsletters/", uses=campaign_store.CREATE, status=201, once=True)
def handler(body: NewNewsletter, caller: Caller, request: Request, key: UUID | None) -> Campaign:
    """Make a campaign that may leave out its window, and its audience: then it is a draft."""
    return campaign_store.create(body, caller, request.origin, clock.now(), key)

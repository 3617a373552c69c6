from uuid import UUID

from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, NewCampaign
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.request import Request


@api.post("/api/campaigns/", uses=campaign_store.CREATE, status=201, once=True)
def handler(body: NewCampaign, caller: Caller, request: Request, key: UUID | None) -> Campaign:
    """Make a campaign; its first run is scheduled at once, or begins when its start is past."""
    return campaign_store.create(body, caller, request.origin, clock.now(), key)

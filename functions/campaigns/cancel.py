from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignNotFound, NotThatFar
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post(
    "/api/campaigns/{id}/cancel/",
    also=[("POST", "/api/newsletters/{id}/cancel/")],
    uses=campaign_store.MOVE,
    raises=[CampaignNotFound, NotThatFar],
)
def handler(id: int, caller: Caller) -> Campaign:
    """Call a campaign's run off for good: what it has not sent is cancelled."""
    return campaign_store.cancel(id, caller, clock.now())

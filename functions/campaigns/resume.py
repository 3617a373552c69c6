from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignNotFound, NotThatFar
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post(
    "/api/campaigns/{id}/resume/",
    also=[("POST", "/api/newsletters/{id}/resume/")],
    uses=campaign_store.MOVE,
    raises=[CampaignNotFound, NotThatFar],
)
def handler(id: int, caller: Caller) -> Campaign:
    """Let a paused campaign go on; what would come at night now waits for the next window."""
    return campaign_store.resume(id, caller, clock.now())

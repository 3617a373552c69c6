from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignNotFound, NotThatFar
from kalit.kit import api
from kalit.kit.caller import Caller


@api.post(
    "/api/campaigns/{id}/pause/",
    also=[("POST", "/api/newsletters/{id}/pause/")],
    uses=campaign_store.MOVE,
    raises=[CampaignNotFound, NotThatFar],
)
def handler(id: int, caller: Caller) -> Campaign:
    """Hold back what a campaign has not sent; it stays where it is until it goes on."""
    return campaign_store.pause(id, caller)

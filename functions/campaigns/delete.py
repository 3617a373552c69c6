from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import CampaignNotFound
from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller


@api.delete(
    "/api/campaigns/{id}/",
    also=[("DELETE", "/api/newsletters/{id}/")],
    uses=campaign_store.DELETE,
    raises=[CampaignNotFound],
    status=204,
)
def handler(id: int, caller: Caller) -> Reply:
    """Delete a campaign with its runs and messages; what was not sent is not sent."""
    campaign_store.delete(id, caller, clock.now())
    return Reply("", status=204)

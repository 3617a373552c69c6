from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignNotFound
from kalit.kit import api
from kalit.kit.caller import Caller


@api.get(
    "/api/campaigns/{id}/",
    also=[("GET", "/api/newsletters/{id}/")],
    uses=campaign_store.READ,
    raises=[CampaignNotFound],
)
def handler(id: int, caller: Caller) -> Campaign:
    """One of your campaigns."""
    return campaign_store.show(id, caller)

from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignChange, CampaignNotFound
from kalit.campaigns.clients import told
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.patch(
    "/api/campaigns/{id}/",
    also=[("PATCH", "/api/newsletters/{id}/")],
    uses=campaign_store.CHANGE,
    raises=[CampaignNotFound],
)
def handler(id: int, body: CampaignChange, caller: Caller) -> Campaign:
    """Change a campaign; what you leave out stays. A run that has begun, and its messages, stay as they are."""
    return campaign_store.change(id, told(body), caller, clock.now())

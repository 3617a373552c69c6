from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign, CampaignNotFound, NewCampaign
from kalit.campaigns.clients import told
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.put(
    "/api/campaigns/{id}/",
    also=[("PUT", "/api/newsletters/{id}/")],
    uses=campaign_store.CHANGE,
    raises=[CampaignNotFound],
)
def handler(id: int, body: NewCampaign, caller: Caller) -> Campaign:
    """Write a campaign anew, with all its fields; what may be left out stays."""
    return campaign_store.change(id, told(body), caller, clock.now())

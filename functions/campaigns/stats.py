from kalit.campaigns import stats_store
from kalit.campaigns.campaigns import CampaignNotFound, CampaignStats
from kalit.kit import api
from kalit.kit.caller import Caller


@api.get(
    "/api/campaigns/{id}/stats/",
    also=[("GET", "/api/newsletters/{id}/stats/")],
    uses=stats_store.SHOW,
    raises=[CampaignNotFound],
)
def handler(id: int, caller: Caller) -> CampaignStats:
    """What became of a campaign's messages, and to how many clients it would go now."""
    return stats_store.show(id, caller)

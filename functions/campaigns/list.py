from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import Campaign
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page, PageQuery


@api.get(
    "/api/campaigns/",
    also=[("GET", "/api/newsletters/")],
    uses=campaign_store.LIST,
    raises=[InvalidPage],
)
def handler(query: PageQuery, caller: Caller) -> Page[Campaign]:
    """Your campaigns, those first that start last, fifty to a page; staff see everybody's."""
    return campaign_store.listed(query, caller)

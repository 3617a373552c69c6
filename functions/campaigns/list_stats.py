from kalit.campaigns import stats_store
from kalit.campaigns.campaigns import StatsInList
from kalit.kit import api
from kalit.kit.caller import Caller


@api.get("/api/campaigns/stats/", also=[("GET", "/api/newsletters/stats/")], uses=stats_store.LIST)
def handler(caller: Caller) -> list[StatsInList]:
    """What became of the messages of all your campaigns; staff see everybody's."""
    return stats_store.listed(caller)

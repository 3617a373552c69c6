from uuid import UUID

from kalit.campaigns import campaign_store
from kalit.campaigns.campaigns import AlreadyOver, AlreadyStarted, CampaignNotFound, NobodyMatches
from kalit.campaigns.starting import Started, StartQuery, forced
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.request import Request


@api.post(
    "/api/campaigns/{id}/start/",
    also=[("POST", "/api/newsletters/{id}/start/")],
    uses=campaign_store.START,
    raises=[CampaignNotFound, AlreadyOver, AlreadyStarted, NobodyMatches],
    status=202,
    once=True,
)
def handler(id: int, query: StartQuery, caller: Caller, request: Request, key: UUID | None) -> Started:
    """Start a campaign. The first one finds the run that began by itself; `force_resend` makes a new one.

    With `force_resend` everybody gets a new message, and what the run before had not sent is cancelled. It stands in
    the JSON body, or in the query where there is no body.
    """
    run = campaign_store.start(id, forced(query, request), caller, clock.now(), key)
    return Started(run_id=run)

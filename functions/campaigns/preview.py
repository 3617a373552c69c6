from kalit.campaigns import preview_store
from kalit.campaigns.campaigns import CampaignNotFound
from kalit.campaigns.preview import Preview, PreviewAsked
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host


@api.post(
    "/api/campaigns/{id}/preview/",
    also=[("POST", "/api/newsletters/{id}/preview/")],
    uses=preview_store.SHOW,
    raises=[CampaignNotFound],
    host=Host(memory=1024, timeout=20, sms=True),
)
def handler(id: int, body: PreviewAsked, caller: Caller) -> Preview:
    """Try a campaign dry: how many clients it would reach, when in each zone, in how many SMS, for how much.

    `at` tries it at another time than now. Nothing is sent or kept.
    """
    return preview_store.show(id, body.at or clock.now(), caller)

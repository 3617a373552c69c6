from kalit.campaigns import message_store
from kalit.campaigns.messages import Message
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page, PageQuery


@api.get("/api/messages/", uses=message_store.LIST, raises=[InvalidPage])
def handler(query: PageQuery, caller: Caller) -> Page[Message]:
    """The messages of your campaigns, the newest run first, fifty to a page; staff see everybody's."""
    return message_store.listed(query, caller, clock.now())

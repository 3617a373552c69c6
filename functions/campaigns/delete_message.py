from kalit.campaigns import message_store
from kalit.campaigns.messages import MessageNotFound
from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller


@api.delete("/api/messages/{id}/", uses=message_store.DELETE, raises=[MessageNotFound], status=204)
def handler(id: int, caller: Caller) -> Reply:
    """Delete a message; one that was not sent is not sent."""
    message_store.delete(id, caller, clock.now())
    return Reply("", status=204)

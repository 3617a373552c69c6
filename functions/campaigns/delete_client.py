from kalit.campaigns import message_store
from kalit.campaigns.clients import ClientNotFound
from kalit.kit import api
from kalit.kit.api import Reply
from kalit.kit.caller import Caller


@api.delete("/api/clients/{id}/", uses=message_store.DELETE_CLIENT, raises=[ClientNotFound], status=204)
def handler(id: int, caller: Caller) -> Reply:
    """Delete a client with all messages to it; what was not sent is not sent."""
    message_store.delete_client(id, caller)
    return Reply("", status=204)

from kalit.campaigns import message_store
from kalit.campaigns.messages import Message, MessageNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.get("/api/messages/{id}/", uses=message_store.READ, raises=[MessageNotFound])
def handler(id: int, caller: Caller) -> Message:
    """One message, and what became of it."""
    return message_store.show(id, caller, clock.now())

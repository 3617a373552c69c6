from uuid import UUID

from kalit.campaigns import message_store
from kalit.campaigns.messages import Message, NewMessage
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post("/api/messages/", uses=message_store.CREATE, status=201, once=True)
def handler(body: NewMessage, caller: Caller, key: UUID | None) -> Message:
    """Add a message to a run by hand; it leaves at the next full minute, within the campaign's window."""
    return message_store.create(body, caller, clock.now(), key)

from kalit.campaigns import message_store
from kalit.campaigns.messages import Message, MessageChange, MessageLeft, MessageNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.patch(
    "/api/messages/{id}/",
    uses=message_store.CHANGE,
    raises=[MessageNotFound, MessageLeft],
)
def handler(id: int, body: MessageChange, caller: Caller) -> Message:
    """Change the text of a message that still waits."""
    return message_store.change(id, body, caller, clock.now())

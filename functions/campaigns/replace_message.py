from kalit.campaigns import message_store
from kalit.campaigns.messages import Message, MessageChange, MessageLeft, MessageNotFound, NewMessage
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.put(
    "/api/messages/{id}/",
    uses=message_store.CHANGE,
    raises=[MessageNotFound, MessageLeft],
)
def handler(id: int, body: NewMessage, caller: Caller) -> Message:
    """Write a message that still waits anew, with all its fields; only its text may be another."""
    return message_store.change(id, MessageChange(**body.model_dump()), caller, clock.now())

"""SMS: AWS End User Messaging, or the sandbox."""

import re
from datetime import datetime

from pydantic import BaseModel

from kalit.kit import aws
from kalit.kit.resources import Grant, Sms, Table

from . import sandbox
from .outcomes import SANDBOX, told

SEND: tuple[Grant, ...] = (Sms.SENDER.send, Table.OPS.put)


class Message(BaseModel):
    """A text for one phone. `id` is the same however often it is tried."""

    id: str
    phone: str
    text: str
    campaign: int | None = None


def send(message: Message, attempt: int, at: datetime) -> None:
    """Hand a message over. Raises `NotTaken` or `Unanswered`. One SendTextMessage, never repeated by itself."""
    if Sms.SENDER.id == SANDBOX:
        sandbox.send_sms(message.phone, message.text, message.campaign, message.id, attempt, at)
        return
    with told():
        aws.client("pinpoint-sms-voice-v2", attempts=1).send_text_message(
            DestinationPhoneNumber="+" + re.sub(r"\D", "", message.phone),
            OriginationIdentity=Sms.SENDER.id,
            MessageBody=message.text,
            MessageType="TRANSACTIONAL" if message.campaign is None else "PROMOTIONAL",
            Context={"message": message.id},
        )

"""SMS: AWS End User Messaging, or the sandbox."""

import re
from datetime import datetime

from pydantic import BaseModel

from kalit.kit import aws
from kalit.kit.resources import Grant, Sms, Table

from . import sandbox
from .outcomes import SANDBOX, NotTaken, told

SEND: tuple[Grant, ...] = (Sms.SENDER.send, Table.OPS.put)


class Message(BaseModel):
    """A text for one phone. `id` is the same however often it is tried."""

    id: str
    phone: str
    text: str
    campaign: int | None = None


def international(phone: str) -> str:
    """The number as E.164 writes it. Raises `NotTaken` for one that only makes sense in its own country."""
    digits = re.sub(r"\D", "", phone)
    # Without a plus: 8 and ten digits is how Russia calls itself, a leading zero how most others do.
    local = digits.startswith("0") or len(digits) < 11 or re.fullmatch(r"8\d{10}", digits)
    if not 8 <= len(digits) <= 15 or (local and not phone.lstrip().startswith("+")):
        raise NotTaken("the number is not international")
    return f"+{digits}"


def send(message: Message, attempt: int, at: datetime) -> None:
    """Hand a message over. Raises `NotTaken` or `Unanswered`. One SendTextMessage, never repeated by itself."""
    if Sms.SENDER.id == SANDBOX:
        sandbox.send_sms(message.phone, message.text, message.campaign, message.id, attempt, at)
        return
    with told():
        aws.client("pinpoint-sms-voice-v2", attempts=1).send_text_message(
            DestinationPhoneNumber=international(message.phone),
            OriginationIdentity=Sms.SENDER.id,
            MessageBody=message.text,
            MessageType="TRANSACTIONAL" if message.campaign is None else "PROMOTIONAL",
            Context={"message": message.id},
        )

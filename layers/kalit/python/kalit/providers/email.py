"""E-mail: Amazon SES, or the sandbox."""

from datetime import datetime

from pydantic import BaseModel

from kalit.kit import aws
from kalit.kit.resources import Email, Grant, Table

from . import sandbox
from .outcomes import SANDBOX, told

SEND: tuple[Grant, ...] = (Email.SENDER.send, Table.OPS.put)


class Message(BaseModel):
    """A text for one address. `id` is the same however often it is tried."""

    id: str
    to: str
    subject: str
    body: str


def send(message: Message, attempt: int, at: datetime) -> None:
    """Hand a message over. Raises `NotTaken` or `Unanswered`. One SendEmail, never repeated by itself."""
    if Email.SENDER.id == SANDBOX:
        sandbox.send_email(message.to, message.subject, message.body, at)
        return
    with told():
        aws.client("sesv2", attempts=1).send_email(
            FromEmailAddress=Email.SENDER.id,
            Destination={"ToAddresses": [message.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": message.subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": message.body, "Charset": "UTF-8"}},
                }
            },
            EmailTags=[{"Name": "message", "Value": message.id}],
        )

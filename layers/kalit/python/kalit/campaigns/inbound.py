"""What people answer to our SMS, as providers bring it, and how a provider shows that it is ours.

    {"phone": "+998901234567", "text": "STOP"}                                  JSON or a form
    From=+998901234567&Body=STOP                                                as Twilio does
    {"Type": "Notification", "Message": "{\"originationNumber\": …}"}           as AWS does, through SNS

All of them show the same secret: in the header X-Inbound-Secret, or as the password of HTTP Basic, which fits into the
address that a provider is given.
"""

import base64
import hashlib
import hmac
import os
from typing import Any

from pydantic import AliasChoices, Field

from kalit.kit.api import Unread
from kalit.kit.errors import Unauthenticated
from kalit.kit.fields import Input, Output, read
from kalit.kit.log import log
from kalit.kit.request import Request, read_json

from .stop_words import Wish

LONGEST = 2_000  # characters of a text that we look at; no word of ours is longer than a few


class NotTheProvider(Unauthenticated):
    """The secret in X-Inbound-Secret, or in the password of HTTP Basic, is missing or wrong."""

    ru = "Секрет в X-Inbound-Secret или в пароле HTTP Basic не указан или неверен."
    uz = "X-Inbound-Secret dagi yoki HTTP Basic parolidagi maxfiy soʻz yoʻq yoki notoʻgʻri."


class Answer(Input):
    """An SMS that somebody sent to us."""

    phone: str = Field(
        "",
        max_length=100,
        validation_alias=AliasChoices("phone", "From", "originationNumber"),
        examples=["+998901234567"],
    )
    text: str = Field("", validation_alias=AliasChoices("text", "Body", "messageBody"), examples=["STOP"])


class Heard(Output):
    """What was understood: `stop`, `start`, or nothing of the kind."""

    wish: Wish | None = Field(examples=[Wish.STOP])


def authenticate(request: Request) -> None:
    """Raises `NotTheProvider`; where no secret was set, always."""
    shown = request.header("x-inbound-secret") or _password(request.header("authorization"))
    digest = hashlib.sha256(shown.encode()).hexdigest()
    if not hmac.compare_digest(digest, os.environ.get("INBOUND_SECRET_SHA256", "")):
        raise NotTheProvider


def answer(body: Unread[Answer], request: Request) -> Answer:
    """Raises `Invalid`, `ParseError` or `UnsupportedMediaType`."""
    kind = request.header("x-amz-sns-message-type")
    if not kind:
        return body.read()
    told: Any = read_json(request.raw().decode("utf-8", "replace"))
    if kind == "SubscriptionConfirmation":
        # Whoever subscribed it confirms it, by opening this address once; it opens nothing else.
        log.warning("subscription to be confirmed", extra={"address": told.get("SubscribeURL")})
        return Answer()
    return read(Answer, read_json(told.get("Message", "")))


def _password(authorization: str) -> str:
    scheme, _, told = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""

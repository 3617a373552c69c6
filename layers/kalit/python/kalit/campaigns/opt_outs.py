"""Who wants no more messages. The wish is the phone's, whosever client it is, and holds for clients made later too.

It is undone by whoever has the phone, with START; by staff; and by an account that made it itself, as long as whoever
has the phone has not said the same.
"""

import base64
import hmac
from enum import StrEnum

from pydantic import Field

from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict, NotFound
from kalit.kit.fields import Moment, Output

ID_BYTES, PROOF_BYTES = 5, 10  # of a token; together 20 letters, which is little of an SMS, and no guess is right
TOKEN_LETTERS = 20


class By(StrEnum):
    """How the wish came to us: the first is an account's word, the others are the person's own."""

    ACCOUNT = "account"
    LINK = "link"
    WORD = "word"


class OptedOutByPhone(Conflict):
    """Whoever has this phone opted out himself. He can undo that by START, and staff can."""

    ru = "Владелец этого телефона отписался сам. Отменить это может он, ответив START, или сотрудники."
    uz = "Bu telefon egasi obunani oʻzi bekor qilgan. Buni u START deb javob berib yoki xodimlar qaytarishi mumkin."


class LinkNotValid(NotFound):
    """This link is not valid. Copy it whole from the message."""

    ru = "Ссылка недействительна. Скопируйте её из сообщения целиком."
    uz = "Havola yaroqsiz. Uni xabardan toʻliq nusxalang."


class OptOut(Output):
    """Whether a client's phone wants no messages, and the link by which whoever has it may say so."""

    opted_out: bool = Field(examples=[True])
    opted_out_at: Moment | None = Field(examples=["2026-11-21T09:00:00Z"])
    link: str = Field(examples=["https://kalit.example.com/u/AAAAAAF1Yk4l0yC1nUxA"])


def undone_by(caller: Caller, by: By, account: str | None) -> bool:
    """Whether this caller may undo a wish that came so, from that account."""
    return caller.role in ("manager", "admin") or (by is By.ACCOUNT and account == str(caller.id))


def link(origin: str, token: str) -> str:
    return f"{origin}/u/{token}"


def token(client: int, key: bytes) -> str:
    """What a client's link carries: who he is, and the proof that we wrote it."""
    named = client.to_bytes(ID_BYTES, "big")
    return base64.urlsafe_b64encode(named + _proof(named, key)).decode()


def client_of(token: str, key: bytes) -> int:
    """Whose link it is. Raises `LinkNotValid`."""
    try:
        told = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except ValueError:
        raise LinkNotValid from None
    named, proof = told[:ID_BYTES], told[ID_BYTES:]
    if len(token) != TOKEN_LETTERS or not hmac.compare_digest(proof, _proof(named, key)):
        raise LinkNotValid
    return int.from_bytes(named, "big")


def _proof(named: bytes, key: bytes) -> bytes:
    return hmac.digest(key, named, "sha256")[:PROOF_BYTES]

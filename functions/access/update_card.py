from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.locks.access import code_store, show_store, store
from kalit.locks.access.codes import Card, CardChange, CodeNotFound
from kalit.locks.access.kinds import NFC
from kalit.locks.devices import NotYourDevice


@api.patch(
    "/api/v1/access/nfc/{id}/",
    also=[("PUT", "/api/v1/access/nfc/{id}/")],
    uses=[*code_store.CHANGE, *people_store.SHOW],
    raises=[CodeNotFound, NotYourDevice, Conflict],
)
def handler(id: UUID, body: Unread[CardChange], caller: Caller) -> Card:
    """Change a card's name, when it opens, or whether it does; what you leave out stays."""
    at = clock.now()
    held = store.found(id, [NFC], caller, at)
    return show_store.shown_card(code_store.change_card(held, body.read(), at), people_store.users, at)

from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks.access import show_store, store
from kalit.locks.access.codes import Card, CodeNotFound
from kalit.locks.access.kinds import NFC
from kalit.locks.devices import NotYourDevice


@api.get("/api/v1/access/nfc/{id}/", uses=[*store.READ, *people_store.SHOW], raises=[CodeNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Given[Card]:
    """A card, and when it opens."""
    at = clock.now()
    held = store.found(id, [NFC], caller, at)
    return Given(data=show_store.shown_card(held, people_store.users, at))

from uuid import UUID

from kalit.accounts import people_store
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.locks.access import show_store, store
from kalit.locks.access.codes import CodeNotFound, Pin
from kalit.locks.access.kinds import PIN
from kalit.locks.devices import NotYourDevice


@api.get("/api/v1/access/pin/{id}/", uses=[*store.READ, *people_store.SHOW], raises=[CodeNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Pin:
    """A PIN, but for its digits."""
    at = clock.now()
    held = store.found(id, [PIN], caller, at)
    return show_store.shown_pin(held, people_store.users, at)

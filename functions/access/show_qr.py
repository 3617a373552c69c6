from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks.access import show_store, store
from kalit.locks.access.codes import CodeNotFound
from kalit.locks.access.kinds import QR
from kalit.locks.access.qr import QrShown
from kalit.locks.devices import NotYourDevice


@api.get("/api/v1/access/qrcodes/{id}/", uses=show_store.SHOW_QR, raises=[CodeNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Given[QrShown]:
    """A QR code with its picture."""
    at = clock.now()
    held = store.found(id, [QR], caller, at)
    return Given(data=show_store.shown_qr(held, at))

from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import Conflict
from kalit.kit.v1 import Done
from kalit.locks import store
from kalit.locks.access import code_store
from kalit.locks.access.qr import NewQr, QrShown
from kalit.locks.devices import DeviceNotFound, NotYourDevice
from kalit.locks.rights import Right


@api.post(
    "/api/v1/access/qrcodes/",
    uses=code_store.CREATE_SECRET,
    raises=[DeviceNotFound, NotYourDevice, Conflict],
    status=201,
    once=True,
    secret=True,
)
def handler(body: NewQr, caller: Caller, key: UUID | None) -> Done[QrShown]:
    """Make a QR code for a lock of yours, or one whose access you manage, with its picture."""
    at = clock.now()
    lock = store.reached(body.device, caller, Right.MANAGE_ACCESS, at)
    return Done(message="QR code created successfully", data=code_store.create_qr(lock, body, caller, at, key))

from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.locks.access import entry_store
from kalit.locks.access.codes import CodeNotFound
from kalit.locks.access.qr import Scan, Scanned
from kalit.locks.access.verifying import TooManyGuesses


@api.post(
    "/api/v1/access/qrcodes/{id}/scan/",
    uses=entry_store.SCAN,
    raises=[CodeNotFound, TooManyGuesses],
    once=True,
    host=Host(timeout=20),
)
def handler(id: UUID, body: Scan, caller: Caller, key: UUID | None) -> Scanned:
    """Show a QR code to the app: whoever has it is let in, and a lock that is online is told to open."""
    return entry_store.scan(id, body.code, caller, clock.now(), key)

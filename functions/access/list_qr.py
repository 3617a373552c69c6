from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.v1 import Paged
from kalit.locks.access import show_store
from kalit.locks.access.qr import ListQr, Qr
from kalit.locks.devices import DeviceNotFound, NotYourDevice


@api.get("/api/v1/access/qrcodes/", uses=show_store.LIST_QR, raises=[DeviceNotFound, NotYourDevice, InvalidPage])
def handler(query: ListQr, caller: Caller) -> Paged[Qr]:
    """The QR codes of the locks whose access you manage, the newest first; each one's page has its picture."""
    return show_store.qrs(query, caller, clock.now())

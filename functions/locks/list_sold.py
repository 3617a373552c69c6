from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.locks import device_store
from kalit.locks.devices import ListSold, Sold


@api.get("/api/admin/devices/", uses=device_store.LIST_SOLD, raises=[InvalidPage])
def handler(query: ListSold, caller: Staff) -> Page[Sold]:
    """All locks, the newest first, fifty to a page."""
    return device_store.sold(query, clock.now())

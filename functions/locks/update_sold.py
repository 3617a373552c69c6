from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.locks import device_store
from kalit.locks.devices import DeviceNotFound, Sold, SoldChange


@api.patch(
    "/api/admin/devices/{id}/",
    also=[("PUT", "/api/admin/devices/{id}/")],
    uses=device_store.CHANGE_SOLD,
    raises=[DeviceNotFound],
)
def handler(id: UUID, body: SoldChange, caller: Admin) -> Sold:
    """Set the status of anybody's lock; opening it stays with its owner."""
    return device_store.change_sold(id, body, caller, clock.now())

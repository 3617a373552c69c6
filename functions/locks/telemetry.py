from kalit.kit import api, clock
from kalit.kit.errors import Throttled
from kalit.kit.request import Request
from kalit.kit.v1 import Said
from kalit.locks import report_store
from kalit.locks.devices import DeviceNotFound
from kalit.locks.signatures import BadSignature, Replayed, TooOld, Unsigned
from kalit.locks.telemetry import Telemetry


@api.post(
    "/api/v1/devices/{id}/telemetry/",
    uses=report_store.TELEMETRY,
    raises=[Unsigned, DeviceNotFound, BadSignature, Throttled, TooOld, Replayed],
)
def handler(id: str, body: Telemetry, request: Request) -> Said:
    """A report of a lock that has no MQTT, signed by it; `id` is its UUID or its hardware id, as it was signed."""
    report_store.hear_signed(id, body, clock.now(), request.address)
    return Said(message="Report accepted")

"""What a lock that has no MQTT tells over HTTP: a signed report."""

from typing import Annotated

from pydantic import Field, StringConstraints

from kalit.kit.fields import Input, read
from kalit.kit.request import read_json

from .reports import REPORTS, Channel, Report


class Telemetry(Input):
    """A report, and the proof that it is the lock's own."""

    timestamp: Annotated[str, Field(max_length=20)] = Field(
        "", description="When it was signed, in unix seconds.", examples=["1795000000"]
    )
    channel: Channel = Field(examples=[Channel.HEARTBEAT])
    payload: Annotated[str, StringConstraints(strip_whitespace=False, max_length=4000)] = Field(
        description="The report as JSON text, to the letter as it was signed.", examples=['{"battery_level": 87}']
    )
    signature: Annotated[str, Field(max_length=128)] = Field(
        "", description="Hex HMAC-SHA256 of `device_id:timestamp:payload` under the lock's secret.", examples=["5f…"]
    )

    @property
    def report(self) -> Report:
        """What is told. Raises `Invalid` or `ParseError`."""
        return read(REPORTS[self.channel], read_json(self.payload))

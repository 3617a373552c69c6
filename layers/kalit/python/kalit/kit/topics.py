"""Doors that an MQTT topic opens, through an IoT Core rule.

    @topics.on("smartlock/+/status", uses=[...])
    def handler(device: str, report: Status, at: datetime) -> None:

`device` is what stood at the `+`; a policy that lets things publish below their own name alone makes it the sender.
`at` is when the broker received the message: the same at every try. What is not as declared goes to `otherwise`.
A handler that fails is called again twice by Lambda; then the event waits in the topics' dead-letter queue.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import ValidationError

from . import clock
from .doors import Door, Host
from .log import log
from .resources import Grant


@dataclass(frozen=True, eq=False, kw_only=True)
class Topic(Door):
    """A declared topic filter with one `+`."""

    filter: str
    otherwise: Callable[[str, datetime], None] = lambda device, at: None

    kind: ClassVar[str] = "topics"

    @property
    def trigger(self) -> str:
        return f"topic {self.filter}"

    @property
    def sql(self) -> str:
        """The rule: the payload as it came, beside the name of the thing that sent it."""
        place = self.filter.split("/").index("+") + 1
        return f"SELECT * AS payload, topic({place}) AS device, timestamp() AS at FROM '{self.filter}'"  # noqa: S608 - a rule, not SQL

    def serve(self, event: dict[str, Any], context: Any) -> None:
        device, at = event["device"], clock.of_milliseconds(event["at"])
        log.append_keys(thing_id=device)
        try:
            payload = self.model(1).model_validate(event.get("payload"))
        except ValidationError:
            # A device that sends nonsense sends it again: trying twice more would not help.
            log.warning("refused", extra={"code": "malformed_payload"})
            self.otherwise(device, at)
            return
        self.call(device, payload, at)


def on(
    filter: str,
    *,
    otherwise: Callable[[str, datetime], None] = lambda device, at: None,
    uses: Sequence[Grant] = (),
    host: Host = Host(),
) -> Callable[[Callable[..., None]], Topic]:
    return lambda call: Topic(call=call, filter=filter, otherwise=otherwise, uses=tuple(uses), host=host)

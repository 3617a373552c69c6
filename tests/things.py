"""IoT Core in this process (moto), and what tests look at in it."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iot.models import iot_backends, rsa
from moto.iotdata.models import iotdata_backends
from moto.iotdata.responses import IoTDataPlaneResponse

REGION = "us-east-1"


class Things:
    """moto's IoT Core: what was published, and whose connection was ended, which moto does not know.

    Certificates share one key pair: making one takes longer than most tests.
    """

    def __init__(self) -> None:
        self.disconnected: list[str] = []

    def __enter__(self) -> "Things":
        things, self.make = self, rsa.generate_private_key

        def delete_connection(response: Any) -> str:
            things.disconnected.append(response._get_param("clientId"))
            return "{}"

        IoTDataPlaneResponse.delete_connection = delete_connection  # type: ignore[attr-defined]
        rsa.generate_private_key = cache(self.make)
        return self

    def __exit__(self, *_: object) -> None:
        del IoTDataPlaneResponse.delete_connection  # type: ignore[attr-defined]
        rsa.generate_private_key = self.make

    @property
    def published(self) -> list[tuple[str, dict[str, Any]]]:
        """All messages so far: topic and payload."""
        told = iotdata_backends[DEFAULT_ACCOUNT_ID][REGION].published_payloads
        return [(topic, json.loads(payload)) for topic, payload in told]

    @property
    def certificates(self) -> dict[str, str]:
        """ARN -> status."""
        return {told.arn: told.status for told in self._registry.certificates.values()}

    @property
    def connecting(self) -> list[tuple[str, str]]:
        """(thing, certificate) of those that may connect: active, attached, and under a policy."""
        registry, statuses = self._registry, self.certificates
        under = {arn for arn, _ in registry.principal_policies}
        return [(thing, arn) for arn, thing in registry.principal_things if arn in under and statuses[arn] == "ACTIVE"]

    @property
    def contents(self) -> list[Any]:
        """All that is kept of locks."""
        registry = self._registry
        told = iotdata_backends[DEFAULT_ACCOUNT_ID][REGION].published_payloads
        kept = [registry.certificates, registry.things, registry.principal_things, registry.principal_policies]
        return [*kept, told, self.disconnected]

    def clear(self) -> None:
        for content in self.contents:
            content.clear()

    def remember(self) -> Callable[[], None]:
        """Calling what this gives brings all back as it is now."""
        kept = deepcopy(self.contents)

        def bring_back() -> None:
            for content, was in zip(self.contents, kept, strict=True):
                content.clear()
                (content.update if isinstance(content, dict) else content.extend)(deepcopy(was))

        return bring_back

    @property
    def _registry(self) -> Any:
        return iot_backends[DEFAULT_ACCOUNT_ID][REGION]

"""What AWS knows of locks: things and certificates in IoT Core, secrets that KMS derives.

A certificate opens nothing until it is active, attached to its lock's thing, and under the locks' one policy; so what a
registration leaves behind that was cut off before its end is good for nothing.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from kalit.kit import aws
from kalit.kit.doors import Again
from kalit.kit.log import log
from kalit.kit.resources import Broker, Fleet, Grant, Mac

from .devices import Mqtt

NEW: tuple[Grant, ...] = (Fleet.LOCKS.create_certificate, Fleet.LOCKS.delete_certificate)
EQUIP: tuple[Grant, ...] = (
    Fleet.LOCKS.create_thing,
    Fleet.LOCKS.attach_policy,
    Fleet.LOCKS.attach_thing,
    Fleet.LOCKS.update_certificate,
)
RETIRE: tuple[Grant, ...] = (
    Fleet.LOCKS.update_certificate,
    Fleet.LOCKS.detach_thing,
    Fleet.LOCKS.detach_policy,
    Fleet.LOCKS.delete_certificate,
    Broker.LOCKS.disconnect,
)
DERIVE: tuple[Grant, ...] = (Mac.DEVICES.generate,)


class StillAttached(Again):
    """A certificate that opens nothing any more cannot be deleted yet."""


@dataclass(frozen=True)
class Certificate:
    arn: str
    pem: str
    private_key: str


def new_certificate() -> Certificate:
    """A certificate that opens nothing yet. One CreateKeysAndCertificate."""
    made = aws.client("iot").create_keys_and_certificate(setAsActive=False)
    return Certificate(made["certificateArn"], made["certificatePem"], made["keyPair"]["PrivateKey"])


def discard(certificate: Certificate) -> None:
    """Delete a certificate that never opened anything. One DeleteCertificate."""
    aws.client("iot").delete_certificate(certificateId=_id(certificate.arn))


def equip(device_id: str, certificate: str) -> None:
    """Let a lock connect with its certificate. Four calls; repeating them changes nothing."""
    iot = aws.client("iot")
    iot.create_thing(thingName=device_id)
    iot.attach_policy(policyName=Fleet.LOCKS.id, target=certificate)
    iot.attach_thing_principal(thingName=device_id, principal=certificate)
    iot.update_certificate(certificateId=_id(certificate), newStatus="ACTIVE")


def retire(device_id: str, certificate: str) -> None:
    """Take a lock's certificate from it, and end its connection. Five calls; repeating them changes nothing.

    The thing stays: it is but a name, which whoever registers the lock next finds again.
    """
    iot, id = aws.client("iot"), _id(certificate)
    _if_there(lambda: iot.update_certificate(certificateId=id, newStatus="REVOKED"))
    _if_there(lambda: aws.client("iot-data").delete_connection(clientId=device_id, cleanSession=True))
    _if_there(lambda: iot.detach_thing_principal(thingName=device_id, principal=certificate))
    _if_there(lambda: iot.detach_policy(policyName=Fleet.LOCKS.id, target=certificate))
    try:
        _if_there(lambda: iot.delete_certificate(certificateId=id))
    except iot.exceptions.DeleteConflictException:  # what was detached takes AWS some seconds to forget
        raise StillAttached from None


def secret(device: UUID) -> str:
    """What a lock and we sign with: derived, kept nowhere. One kms:GenerateMac."""
    told = f"device {device}".encode()
    answer = aws.client("kms").generate_mac(KeyId=Mac.DEVICES.id, Message=told, MacAlgorithm="HMAC_SHA_256")
    derived: bytes = answer["Mac"]
    return derived.hex()


def mqtt(device_id: str, certificate: Certificate) -> Mqtt:
    """All that a lock needs to connect."""
    told = json.loads(os.environ["MQTT"])
    return Mqtt(client_id=device_id, certificate_pem=certificate.pem, private_key_pem=certificate.private_key, **told)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _if_there(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception as error:
        if aws.error_code(error) != "ResourceNotFoundException":
            raise
        log.info("gone before")

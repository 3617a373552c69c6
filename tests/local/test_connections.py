"""A lock's connection to the local engine: held to its own name and topics, and ended when the data plane says so."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import aiomqtt
import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.deployer import ACCOUNT, REGION
from infra.local.lock.credentials import Credentials
from infra.local.lock.firmware import signature
from tests.local.wire import Wire, played
from tests.running import Local

SECRET = "a lock's secret"
PLACE = f"arn:aws:iot:{REGION}:{ACCOUNT}"
NAME = "${iot:Connection.Thing.ThingName}"
POLICY = [
    {"Effect": "Allow", "Action": "iot:Connect", "Resource": f"{PLACE}:client/{NAME}"},
    {"Effect": "Allow", "Action": "iot:Publish", "Resource": f"{PLACE}:topic/smartlock/{NAME}/*"},
    {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{PLACE}:topicfilter/smartlock/{NAME}/commands"},
    {"Effect": "Allow", "Action": "iot:Receive", "Resource": f"{PLACE}:topic/smartlock/{NAME}/commands"},
    {  # for a witness
        "Effect": "Allow",
        "Action": ["iot:Subscribe", "iot:Receive"],
        "Resource": [f"{PLACE}:topicfilter/smartlock/+/status", f"{PLACE}:topic/smartlock/*/status"],
    },
]
Make = Callable[[str], Credentials]


@pytest.fixture(scope="module")
def thing(local: Local) -> Make:
    """Makes a lock that the broker knows, by AWS's own calls."""
    iot = local.aws.client("iot")
    iot.create_policy(policyName="wire", policyDocument=json.dumps({"Version": "2012-10-17", "Statement": POLICY}))
    with urllib.request.urlopen(f"{local.aws.endpoint}/_ministack/iot/ca.pem") as answer:
        ca_pem = answer.read().decode()
    # One key pair for all: making one takes the engine half a second.
    pair = iot.create_keys_and_certificate(setAsActive=True)
    iot.attach_policy(policyName="wire", target=pair["certificateArn"])

    def make(name: str) -> Credentials:
        iot.create_thing(thingName=name)
        iot.attach_thing_principal(thingName=name, principal=pair["certificateArn"])
        keys = pair["certificatePem"], pair["keyPair"]["PrivateKey"]
        return Credentials("", name, SECRET, "localhost", local.system.settings.mqtt_port, *keys, ca_pem)

    return make


def command(name: str, sequence: int, word: str, at: float, duration: int | None = None) -> str:
    told: dict[str, Any] = {} if duration is None else {"duration": duration}
    issued, nonce = int(at), "0123456789abcdef"
    text = (name, word, "" if duration is None else duration, sequence, nonce, issued, issued + 15)
    told |= {"command": word, "command_id": f"{sequence:08d}-0000-4000-8000-000000000000", "sequence": sequence}
    told |= {"nonce": nonce, "issued_at": issued, "expires_at": issued + 15, "signature": signature(SECRET, *text)}
    return json.dumps(told)


def test_a_lock_obeys_what_comes_over_the_broker(local: Local, thing: Make) -> None:
    publish = local.aws.client("iot-data").publish

    async def play() -> None:
        async with Wire(thing("WIRE_01")) as wire:
            send = {"topic": "smartlock/WIRE_01/commands", "qos": 1}
            for payload in (
                command("WIRE_01", 1, "unlock", time.time(), 1),
                command("WIRE_01", 1, "unlock", time.time(), 1),
                command("WIRE_01", 2, "unlock", time.time() - 60, 1),
            ):
                await asyncio.to_thread(publish, **send, payload=payload)
            await wire.heard("unlock 1", "opened for 1 s")
            await wire.heard("refused", "1 was already taken")
            await wire.heard("refused", "expired")
            await wire.heard("locked itself")
            await asyncio.to_thread(publish, **send, payload=command("WIRE_01", 3, "REBOOT", time.time()))
            await wire.heard("reboot 3", "restarting")
            await wire.until(lambda: sum("connected to" in line for line in wire.said) == 2)

    played(play())


def test_a_flaky_line_loses_messages_and_brings_others_twice(thing: Make) -> None:
    async def play() -> None:
        async with Wire(thing("WIRE_02"), flaky=0.5) as wire:
            for _ in range(20):
                wire.lock.do(wire.lock.firmware.turned())
            await wire.until(lambda: not wire.lock.outbox)
            assert {"flaky: a response is lost", "flaky: a response comes twice"} <= set(wire.said)

    played(play())


def test_a_silent_lock_hears_and_does_nothing(local: Local, thing: Make) -> None:
    async def play() -> None:
        async with Wire(thing("WIRE_03"), silent=True) as wire:
            payload = command("WIRE_03", 1, "unlock", time.time(), 1)
            publish = local.aws.client("iot-data").publish
            await asyncio.to_thread(publish, topic="smartlock/WIRE_03/commands", qos=1, payload=payload)
            await wire.heard("silent", "unlock")
            assert wire.memory.sequence == 0

    played(play())


def test_a_name_that_is_not_the_certificates_is_refused(thing: Make) -> None:
    own = thing("WIRE_04")

    async def play() -> None:
        client = aiomqtt.Client(
            "localhost", own.port, identifier="WIRE_99", tls_context=own.tls(), protocol=aiomqtt.ProtocolVersion.V5
        )
        with pytest.raises(aiomqtt.MqttError, match="Not authorized"):
            async with client:
                pass

    played(play())


def test_a_deleted_connection_ends_and_its_will_is_told_unless_prevented(local: Local, thing: Make) -> None:
    delete = local.aws.client("iot-data").delete_connection
    witness = thing("WIRE_08")

    async def play() -> list[Any]:
        watching = aiomqtt.Client("localhost", witness.port, identifier="WIRE_08", tls_context=witness.tls())
        async with Wire(thing("WIRE_05")) as five, Wire(thing("WIRE_06")) as six, watching:
            await watching.subscribe("smartlock/+/status", qos=1)
            await asyncio.to_thread(delete, clientId="WIRE_05", preventWillMessage=True, cleanSession=True)
            await five.heard("not connected", "the server ended the connection")
            await asyncio.to_thread(delete, clientId="WIRE_06")
            await six.heard("not connected", "the server ended the connection")
            six.task.cancel()
            told = [json.loads(bytes((await anext(watching.messages)).payload)) for _ in range(2)]
            await five.until(lambda: five.lock.online)
        return told

    will, again = played(play())
    assert will == {"status": "offline"}
    assert again["status"] == "online"
    with pytest.raises(ClientError) as error:
        delete(clientId="WIRE_00")
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_ending_a_connection_is_a_right_over_that_client(local: Local, thing: Make) -> None:
    iam = local.aws.client("iam")
    iam.create_user(UserName="cutter")
    allowed = {"Effect": "Allow", "Action": "iot:DeleteConnection", "Resource": f"{PLACE}:client/WIRE_09"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="cutter", PolicyName="cut", PolicyDocument=document)
    key = iam.create_access_key(UserName="cutter")["AccessKey"]
    cutter = boto3.client(
        "iot-data",
        endpoint_url=local.aws.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )

    async def play() -> None:
        async with Wire(thing("WIRE_09")) as six, Wire(thing("WIRE_10")) as seven:
            await asyncio.to_thread(cutter.delete_connection, clientId="WIRE_09")
            await six.heard("the server ended the connection")
            with pytest.raises(ClientError) as error:
                await asyncio.to_thread(cutter.delete_connection, clientId="WIRE_10")
            assert error.value.response["Error"]["Code"] == "ForbiddenException"
            assert seven.lock.online

    played(play())
    cutter.close()

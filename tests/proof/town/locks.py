"""The doors of locks. The founded lock is the owner's, online, and shared with those whose names say as what."""

import hmac
from typing import Any

from kalit.kit.resources import Machine, Table

from .town import PASSWORD, SHARES, Town
from .visits import Asked, founder, visit

OWNING = {"owner"}
MANAGING = OWNING | {"admin"}
USING = MANAGING | {"member"}
SEEING = USING | {"viewer"}
STAFF = {"manager", "boss"}


@founder
def lock(town: Town) -> dict[str, Any]:
    made = register(town)
    shares = {}
    for person, role in SHARES.items():
        told = town.ask("locks.share", {"email": town.email(person), "role": role}, id=made["id"])
        shares[person] = told["data"]["id"]
    town.ask("locks.unshare", id=shares["former"])
    sent = town.ask("locks.unlock", {}, id=made["id"])["data"]["command_id"]
    secret = made["device_secret"]
    return {"lock": made["id"], "device": made["device_id"], "secret": secret, "shares": shares, "command": sent}


# What locks and people are in


def register(town: Town, **status: Any) -> dict[str, Any]:
    """A new lock of the owner's, as it was told once; it says that it is online, or what it is told to."""
    name = town.name("LOCK").upper()
    made: dict[str, Any] = town.ask("locks.create", {"device_id": name, "name": "Front door"})["data"]
    say(town, made, "status", **({"status": "online", "counter": 1} | status))
    return made


def say(town: Town, made: dict[str, Any], channel: str, **payload: Any) -> None:
    town.place.call(f"locks.hear_{channel}", heard(town, made["device_id"], **payload))


def heard(town: Town, device: str, **payload: Any) -> dict[str, Any]:
    """The event of what a lock says."""
    return {"device": device, "payload": payload, "at": int(town.place.now().timestamp() * 1000)}


def ready(town: Town) -> dict[str, Any]:
    """The founded lock, as a path has it. It says that it is there, for on a running system time passes."""
    town.place.call("locks.hear_heartbeat", heard(town, town.things["device"]))
    return {"id": town.things["lock"]}


def newcomer(town: Town) -> str:
    """A new account's name, by which the town knows its e-mail."""
    name = town.name("newcomer")
    told = {"email": town.email(name), "password": PASSWORD, "password_confirm": PASSWORD}
    town.ask("accounts.sign_up", told, by="anonymous")
    return name


def with_administrator(town: Town) -> str:
    """A new lock that the owner shares with the administrator, who may do nearly all with it."""
    id: str = register(town)["id"]
    town.ask("locks.share", {"email": town.email("admin"), "role": "ADMIN"}, id=id)
    return id


# Locks of one's own, and their people


@visit("locks.create", again={400})
def create(town: Town) -> Asked:
    return {"body": {"device_id": town.name("LOCK").upper(), "name": "Back door", "device_type": "PRO"}}


@visit("locks.list")
def list(town: Town) -> Asked:
    return {}


@visit("locks.show", may=SEEING, refused=403)
def show(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("locks.status", may=SEEING, refused=403)
def status(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("locks.update", may=MANAGING, refused=403)
def update(town: Town) -> Asked:
    return {"id": town.things["lock"], "body": {"name": town.name("Door"), "battery_low_threshold": 25}}


@visit("locks.delete", may=OWNING, refused=403, again={404})
def delete(town: Town) -> Asked:
    return {"id": with_administrator(town)}


@visit("locks.share", may=OWNING, refused=403, again={400})
def share(town: Town) -> Asked:
    return {"id": town.things["lock"], "body": {"email": town.email(newcomer(town)), "role": "MEMBER"}}


@visit("locks.list_shares", may=OWNING, refused=403)
def list_shares(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("locks.unshare", may=OWNING, refused=403, again={404})
def unshare(town: Town) -> Asked:
    return {"id": town.ask("locks.share", **share(town))["data"]["id"]}


# Commands and what became of them


@visit("locks.unlock", may=USING, refused=403, anew=True, swept=True)
def unlock(town: Town) -> Asked:
    return ready(town) | {"body": {"duration": 10}}


@visit("locks.lock", may=USING, refused=403, anew=True, swept=True)
def close(town: Town) -> Asked:
    return ready(town)


@visit("locks.reboot", may=OWNING, refused=403, anew=True, swept=True)
def reboot(town: Town) -> Asked:
    return ready(town)


@visit("locks.list_commands", may=USING, refused=403)
def list_commands(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("locks.show_command", may=USING, refused=403)
def show_command(town: Town) -> Asked:
    return {"id": town.things["lock"], "command_id": town.things["command"]}


@visit("locks.logs", may=USING, refused=403)
def logs(town: Town) -> Asked:
    return {"id": town.things["lock"]}


# Anybody's locks


@visit("locks.list_sold", by="manager")
def list_sold(town: Town) -> Asked:
    return {}


@visit("locks.show_sold", by="manager")
def show_sold(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("locks.update_sold", by="boss")
def update_sold(town: Town) -> Asked:
    return {"id": register(town)["id"], "body": {"status": "MAINTENANCE"}}


# What locks say


@visit("locks.telemetry", again={401}, anew=True, swept=True)  # signed anew it is heard; its mark runs out
def telemetry(town: Town) -> Asked:
    payload = f'{{"battery_level": 87, "counter": {next(town.numbers)}}}'
    told = {"channel": "status", "payload": payload}
    return {"id": town.things["device"], "body": told | signed(town, payload)}


def signed(town: Town, value: str) -> dict[str, str]:
    """The proof that the founded lock says this now."""
    at = f"{town.place.now().timestamp():.0f}"
    told = f"{town.things['device']}:{at}:{value}"
    return {"timestamp": at, "signature": hmac.new(town.things["secret"].encode(), told.encode(), "sha256").hexdigest()}


@visit("locks.hear_status")
def hear_status(town: Town) -> Asked:
    return heard(town, register(town)["device_id"], status="offline", counter=2)


@visit("locks.hear_heartbeat")
def hear_heartbeat(town: Town) -> Asked:
    return heard(town, register(town)["device_id"], battery_level=50, is_locked=False, counter=2)


@visit("locks.hear_alert")
def hear_alert(town: Town) -> Asked:
    return heard(town, register(town)["device_id"], type="tamper", counter=2)


@visit("locks.hear_response")
def hear_response(town: Town) -> Asked:
    made = register(town)
    sent = town.ask("locks.unlock", {}, id=made["id"])["data"]["command_id"]
    told = {"type": "unlock", "success": True, "method": "app", "command_id": sent, "sequence": 1}
    return heard(town, made["device_id"], counter=2, **told)


# What nobody asks for


@visit("locks.dispatch")
def dispatch(town: Town) -> Asked:
    """A lock that is equipped and restarted and says that it is tampered with, and one that is retired."""
    made = register(town)
    town.ask("locks.reboot", id=made["id"])
    say(town, made, "alert", type="tamper", counter=2)
    town.ask("locks.delete", id=register(town)["id"])
    return {"Records": town.place.changes(Table.LOCKS)}


@visit("locks.send_again")
def send_again(town: Town) -> Asked:
    town.ask("locks.reboot", id=register(town)["id"])
    town.place.settle()
    town.place.wait(61)
    return town.place.running(Machine.COMMAND)


@visit("locks.expire_commands")
def expire_commands(town: Town) -> Asked:
    town.ask("locks.unlock", {}, id=register(town)["id"])
    town.place.wait(300)
    return tick(town, "locks.expire_commands")


@visit("locks.find_silent")
def find_silent(town: Town) -> Asked:
    register(town)
    town.place.wait(420)
    return tick(town, "locks.find_silent")


@visit("locks.check_batteries")
def check_batteries(town: Town) -> Asked:
    """An hour later, for its owner is written to once an hour."""
    register(town, battery_level=5)
    town.place.wait(3600)
    return tick(town, "locks.check_batteries")


def tick(town: Town, door: str) -> dict[str, Any]:
    return {"id": town.name("tick"), "tick": door}

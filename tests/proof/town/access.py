"""The doors of codes: PINs, cards, guests and QR codes, all of the founded lock."""

import hashlib
from typing import Any

from .locks import MANAGING, USING, ready, signed, tick
from .town import Town
from .visits import Asked, visit

# Who sees the lock hears that he may not; to others there is no such code.
NOT_THEIRS = {"member": 403, "viewer": 403}
# Who shows the same again is told so, which is put on record. What one who died leaves runs out: his place among those
# who guess, and that his signature was heard.
SHOWN: Any = {"again": {401}, "anew": True, "swept": True}
LONG_AGO, NOT_LONG_AGO = "2025-11-01T09:00:00Z", "2025-11-02T09:00:00Z"


def digits(town: Town) -> str:
    """A PIN that no other code has."""
    return f"{next(town.numbers):06}"


def uid(town: Town) -> str:
    """A card's number that no other card has."""
    return hashlib.sha256(town.name("card").encode()).hexdigest()[:16].upper()


def made(town: Town, asked: Asked, door: str) -> dict[str, Any]:
    """A new code of the owner's."""
    code: dict[str, Any] = town.ask(door, **asked)["data"]
    return code


def knock(town: Town, field: str, value: str) -> Asked:
    """What the founded lock asks when it is shown a code."""
    return {"body": {"device_id": town.things["device"], field: value} | signed(town, value)}


# PINs


@visit("access.create_pin", may=MANAGING, refused=403, anew=True)
def create_pin(town: Town) -> Asked:
    return {"id": town.things["lock"], "body": {"pin_code": digits(town), "name": "Cleaner"}}


@visit("access.list_pins", may=MANAGING, refused=403)
def list_pins(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("access.show_pin", may=MANAGING, hears=NOT_THEIRS)
def show_pin(town: Town) -> Asked:
    return {"id": made(town, create_pin(town), "access.create_pin")["id"]}


@visit("access.delete_pin", may=MANAGING, hears=NOT_THEIRS, again={404})
def delete_pin(town: Town) -> Asked:
    return {"id": made(town, create_pin(town), "access.create_pin")["id"]}


@visit("access.verify_pin", **SHOWN)
def verify_pin(town: Town) -> Asked:
    asked = create_pin(town)
    made(town, asked, "access.create_pin")
    return knock(town, "pin_code", asked["body"]["pin_code"])


# Cards


@visit("access.create_card", may=MANAGING, refused=403, again={400})
def create_card(town: Town) -> Asked:
    return {"id": town.things["lock"], "body": {"uid": uid(town), "name": "Office card"}}


@visit("access.list_cards", may=MANAGING, refused=403)
def list_cards(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("access.show_card", may=MANAGING, hears=NOT_THEIRS)
def show_card(town: Town) -> Asked:
    return {"id": made(town, create_card(town), "access.create_card")["id"]}


@visit("access.update_card", may=MANAGING, hears=NOT_THEIRS)
def update_card(town: Town) -> Asked:
    return {"id": made(town, create_card(town), "access.create_card")["id"], "body": {"name": "Spare card"}}


@visit("access.delete_card", may=MANAGING, hears=NOT_THEIRS, again={404})
def delete_card(town: Town) -> Asked:
    return {"id": made(town, create_card(town), "access.create_card")["id"]}


@visit("access.verify_nfc", **SHOWN)
def verify_nfc(town: Town) -> Asked:
    card = made(town, create_card(town), "access.create_card")
    return knock(town, "nfc_uid", card["uid"])


# Guests


@visit("access.create_guest", may=MANAGING, refused=403, anew=True)
def create_guest(town: Town) -> Asked:
    told = {"guest_name": "Aziza", "access_type": "PIN", "valid_from": LONG_AGO, "valid_until": "2099-01-01T00:00:00Z"}
    return {"id": town.things["lock"], "body": told}


@visit("access.list_guests", may=MANAGING, refused=403)
def list_guests(town: Town) -> Asked:
    return {"id": town.things["lock"]}


@visit("access.show_guest", may=MANAGING, hears=NOT_THEIRS)
def show_guest(town: Town) -> Asked:
    return {"id": made(town, create_guest(town), "access.create_guest")["id"]}


@visit("access.delete_guest", may=MANAGING, hears=NOT_THEIRS, again={404})
def delete_guest(town: Town) -> Asked:
    return {"id": made(town, create_guest(town), "access.create_guest")["id"]}


@visit("access.end_guests")
def end_guests(town: Town) -> Asked:
    asked = create_guest(town)
    made(town, asked | {"body": asked["body"] | {"valid_until": NOT_LONG_AGO}}, "access.create_guest")
    return tick(town, "access.end_guests")


# QR codes


@visit("access.create_qr", may=MANAGING, refused=403, anew=True)
def create_qr(town: Town) -> Asked:
    return {"body": {"device": town.things["lock"], "name": "Courier"}}


@visit("access.list_qr", may=MANAGING, refused=403)
def list_qr(town: Town) -> Asked:
    return {"query": {"device": town.things["lock"]}}


@visit("access.show_qr", may=MANAGING, hears=NOT_THEIRS)
def show_qr(town: Town) -> Asked:
    return {"id": made(town, create_qr(town), "access.create_qr")["id"]}


@visit("access.delete_qr", may=MANAGING, hears=NOT_THEIRS, again={404})
def delete_qr(town: Town) -> Asked:
    return {"id": made(town, create_qr(town), "access.create_qr")["id"]}


@visit("access.scan_qr", anew=True, swept=True)  # it opens now or never, as an unlock does
def scan_qr(town: Town) -> Asked:
    ready(town)
    code = made(town, create_qr(town), "access.create_qr")
    return {"id": code["id"], "body": {"code": code["code"]}}


@visit("access.verify_qr", **SHOWN)
def verify_qr(town: Town) -> Asked:
    return knock(town, "qr_code", made(town, create_qr(town), "access.create_qr")["code"])


# Tries


@visit("access.logs", may=USING, refused=403)
def logs(town: Town) -> Asked:
    return {"query": {"device": town.things["lock"]}}


@visit("access.recent_logs", may=USING, refused=403)
def recent_logs(town: Town) -> Asked:
    return {"query": {"device": town.things["lock"]}}

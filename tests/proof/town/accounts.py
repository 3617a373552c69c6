"""The doors of accounts. Whoever ends a session, forgets a password or is changed by the boss is new each time."""

import re
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from kalit.kit.resources import Table
from tests.functions.forged import parts

from .town import PASSWORD, Town
from .visits import Asked, visit

TWICE = {"new_password": PASSWORD, "new_password_confirm": PASSWORD}
FORM = {"content-type": "application/x-www-form-urlencoded"}


# Who is new


def client(town: Town, **told: Any) -> str:
    """The name of somebody with a new account."""
    name = town.name("client")
    told |= {"email": town.email(name), "password": PASSWORD, "password_confirm": PASSWORD}
    town.ask("accounts.sign_up", told, by="anonymous")
    return name


def administrator(town: Town) -> dict[str, str]:
    """The name and the password of a new administrator, as a browser sends them."""
    name = client(town)
    town.ask("accounts.change_user", {"role": "admin"}, by="boss", id=town.number(name))
    return {"authorization": "Basic " + b64encode(f"{town.email(name)}:{PASSWORD}".encode()).decode()}


def manager(town: Town) -> dict[str, str]:
    """A new manager and his one-time password."""
    made: dict[str, str] = town.ask("accounts.create_manager", {"username": town.name("manager")}, by="boss")
    return made


def logged_in(town: Town) -> dict[str, str]:
    """The tokens of a new session of the owner's."""
    told = {"email": town.email("owner"), "password": PASSWORD}
    tokens: dict[str, str] = town.ask("accounts.login", told, by="anonymous")["tokens"]
    return tokens


def link(town: Town) -> str:
    """What a forgotten password's e-mail leads to."""
    email = town.email(client(town))
    town.ask("accounts.ask_reset", {"email": email}, by="anonymous")
    town.place.settle()
    [sent] = town.ask("notices.email_outbox", by="boss", query={"to": email})["results"]
    return re.search(r"/reset/(.+)/", sent["body"])[1]


def code(town: Town) -> dict[str, str]:
    """A forgotten password's reset and its code, from the SMS."""
    phone = town.phone()
    told = {"email": town.email(client(town, phone=phone)), "channel": "sms"}
    reset = town.ask("accounts.ask_reset", told, by="anonymous")["data"]["reset"]
    town.place.settle()
    [sent] = town.ask("notices.sms_outbox", by="boss", query={"phone": phone})["results"]
    return {"reset": reset, "code": re.search(r"\d{6}", sent["text"])[0]}


# Coming in


@visit("accounts.register", by="anonymous", again={400})
def register(town: Town) -> Asked:
    return {"body": {"username": town.name("user"), "password": PASSWORD}}


@visit("accounts.sign_up", by="anonymous", again={400}, swept=True)
def sign_up(town: Town) -> Asked:
    told = {"email": town.email(town.name("client")), "phone": town.phone(), "first_name": "Ali"}
    return {"body": told | {"password": PASSWORD, "password_confirm": PASSWORD}}


@visit("accounts.token", by="anonymous", anew=True)
def token(town: Town) -> Asked:
    return {"body": {"username": town.email("owner"), "password": PASSWORD}}


@visit("accounts.login", by="anonymous", anew=True)
def login(town: Town) -> Asked:
    return {"body": {"email": town.email("owner"), "password": PASSWORD}}


@visit("accounts.refresh", by="anonymous", anew=True)
def refresh(town: Town) -> Asked:
    told = {"username": town.email("owner"), "password": PASSWORD}
    return {"body": {"refresh": town.ask("accounts.token", told, by="anonymous")["refresh"]}}


@visit("accounts.rotate", by="anonymous")
def rotate(town: Town) -> Asked:
    return {"body": {"refresh": logged_in(town)["refresh"]}}


@visit("accounts.login_page", by="anonymous")
def login_page(town: Town) -> Asked:
    return {}


@visit("accounts.login_form", by="anonymous", again={400})
def login_form(town: Town) -> Asked:
    made = manager(town)
    told = {"username": made["username"], "one_time_password": made["one_time_password"], **TWICE}
    return {"raw": urlencode(told).encode(), "headers": FORM}


@visit("accounts.jwks", by="anonymous")
def jwks(town: Town) -> Asked:
    return {}


# A forgotten password


@visit("accounts.ask_reset", by="anonymous", anew=True)
def ask_reset(town: Town) -> Asked:
    return {"body": {"email": town.email(client(town))}}


@visit("accounts.reset_page", by="anonymous")
def reset_page(town: Town) -> Asked:
    return {"link": "any"}


@visit("accounts.reset_form", by="anonymous", again={400})
def reset_form(town: Town) -> Asked:
    return {"link": link(town), "raw": urlencode(TWICE).encode(), "headers": FORM}


@visit("accounts.reset_password", by="anonymous", again={400})
def reset_password(town: Town) -> Asked:
    return {"body": {**code(town), **TWICE}}


# One's own account


@visit("accounts.profile")
def profile(town: Town) -> Asked:
    return {}


@visit("accounts.update_profile")
def update_profile(town: Town) -> Asked:
    return {"body": {"first_name": town.name("Ali"), "phone": town.phone(), "password": PASSWORD}}


@visit("accounts.change_password", anew=True)
def change_password(town: Town) -> Asked:
    # The same again, so that the town's people can be known by it as before.
    return {"body": {"old_password": PASSWORD, **TWICE}}


@visit("accounts.sessions")
def sessions(town: Town) -> Asked:
    return {}


@visit("accounts.end_session", may={"owner"}, again={404})
def end_session(town: Town) -> Asked:
    _, claims = parts(logged_in(town)["access"])
    return {"id": claims["sid"]}


@visit("accounts.end_sessions", again={401}, leaves=True)
def end_sessions(town: Town) -> Asked:
    return {}


@visit("accounts.logout")
def logout(town: Town) -> Asked:
    return {"body": {}}


# The boss and his people


@visit("accounts.list_users", by="boss")
def list_users(town: Town) -> Asked:
    return {"query": {"role": "manager"}}


@visit("accounts.show_user", by="boss")
def show_user(town: Town) -> Asked:
    return {"id": town.number("owner")}


@visit("accounts.change_user", by="boss")
def change_user(town: Town) -> Asked:
    return {"id": town.number(client(town)), "body": {"role": "manager", "is_active": False, "phone": town.phone()}}


@visit("accounts.end_user_sessions", by="boss", anew=True)
def end_user_sessions(town: Town) -> Asked:
    return {"id": town.number(client(town))}


@visit("accounts.create_manager", by="boss", again={400})
def create_manager(town: Town) -> Asked:
    return {"body": {"username": town.name("manager")}}


@visit("accounts.reissue", by="boss", anew=True)
def reissue(town: Town) -> Asked:
    return {"username": manager(town)["username"]}


@visit("accounts.export_managers", by="boss", anew=True)
def export_managers(town: Town) -> Asked:
    manager(town)
    return {}


# Not for people


@visit("accounts.bootstrap")
def bootstrap(town: Town) -> Asked:
    name = town.name("admin")
    return {"username": name, "email": town.email(name), "password": PASSWORD}


@visit("accounts.dispatch")
def dispatch(town: Town) -> Asked:
    email = town.email(client(town, phone=town.phone()))  # who is logged in, which is a security event
    for channel in ("email", "sms"):
        town.ask("accounts.ask_reset", {"email": email, "channel": channel}, by="anonymous")
    manager(town)  # which the audit log keeps
    return {"Records": town.place.changes(Table.ACCOUNTS)}

"""The doors of campaigns. Each campaign has one client, whose tag nobody else has.

Where nothing else is said it starts in an hour, so that it stays as it is on a running system too.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from infra.stages import SANDBOX_INBOUND
from kalit.kit.resources import Machine, Queue, Table

from .town import Town
from .uploads import upload
from .visits import Asked, visit

MINE = {"owner", "manager", "boss"}
HOUR = 3600  # seconds
COLUMNS = ("phone_number", "mobile_operator_code", "tag", "timezone")


def new_client(town: Town) -> Asked:
    return {"phone_number": town.phone(), "mobile_operator_code": "90", "tag": town.name("tag"), "timezone": "UTC"}


def client(town: Town) -> dict[str, Any]:
    made: dict[str, Any] = town.ask("campaigns.create_client", new_client(town))
    return made


def client_id(town: Town) -> int:
    return int(client(town)["id"])


def new_campaign(town: Town, tag: str, starts: int = HOUR, opens: int = 0) -> Asked:
    """A campaign that starts, and whose window opens, so many seconds from now."""
    now = town.place.now()
    return {
        "start_datetime": (now + timedelta(seconds=starts)).isoformat(),
        "end_datetime": (now + timedelta(days=1)).isoformat(),
        "text_message": "New locks are here. {opt_out}",
        "time_interval_start": f"{now + timedelta(seconds=opens):%H:%M:%S}" if opens else "00:00:00",
        "time_interval_end": "23:59:59",
        "tag": tag,
    }


def campaign(town: Town, **when: int) -> int:
    """The number of a new campaign to a client of its own."""
    return int(town.ask("campaigns.create", new_campaign(town, client(town)["tag"], **when))["id"])


def new_message(town: Town) -> Asked:
    to = client(town)
    made = town.ask("campaigns.create", new_campaign(town, to["tag"]))
    text = {"message_text": "Your lock is ready."}
    return {"campaign": made["id"], "client": to["id"], "run": made["active_run"], **text}


def message(town: Town) -> dict[str, Any]:
    """A message by hand, in a run that has not begun; so it waits."""
    made: dict[str, Any] = town.ask("campaigns.create_message", new_message(town))
    return made


def message_id(town: Town) -> int:
    return int(message(town)["id"])


def about(town: Town, thing: Callable[[Town], int], **told: Any) -> Asked:
    """What is asked about something new."""
    return {"id": thing(town), **told}


# door -> the new thing that it is about, the rest of what is asked, and what a repetition is answered
ABOUT: dict[str, tuple[Callable[[Town], int], Asked, set[int]]] = {
    "show": (campaign, {}, set()),
    "update": (campaign, {"body": {"text_message": "Cheaper locks are here."}}, set()),
    "delete": (lambda town: int(message(town)["campaign"]), {}, {404}),
    "start": (campaign, {"body": {}}, {409}),
    "pause": (campaign, {}, {409}),
    "cancel": (campaign, {}, {409}),
    "stats": (campaign, {}, set()),
    "preview": (campaign, {"body": {}}, set()),
    "show_client": (client_id, {}, set()),
    "update_client": (client_id, {"body": {"tag": "new"}}, set()),
    "delete_client": (lambda town: int(message(town)["client"]), {}, {404}),
    "opt_out": (client_id, {}, set()),
    "show_opt_out": (client_id, {}, set()),
    "show_message": (message_id, {}, set()),
    "update_message": (message_id, {"body": {"message_text": "Your lock is here."}}, set()),
    "delete_message": (message_id, {}, {404}),
}
for verb, (thing, told, again) in ABOUT.items():
    visit(f"campaigns.{verb}", may=MINE, again=again)(partial(about, thing=thing, **told))


def something(town: Town) -> Asked:
    message(town)
    return {}


for verb in ("list", "list_clients", "list_messages", "list_stats"):
    visit(f"campaigns.{verb}")(something)


# Campaigns


@visit("campaigns.create", anew=True)
def create(town: Town) -> Asked:
    return {"body": new_campaign(town, client(town)["tag"])}


@visit("campaigns.create_newsletter", anew=True)
def create_newsletter(town: Town) -> Asked:
    return create(town)


@visit("campaigns.replace", may=MINE)
def replace(town: Town) -> Asked:
    return {"id": campaign(town), "body": new_campaign(town, "other", starts=2 * HOUR)}


@visit("campaigns.resume", may=MINE, again={409})
def resume(town: Town) -> Asked:
    id = campaign(town)
    town.ask("campaigns.pause", id=id)
    return {"id": id}


# Clients


@visit("campaigns.create_client", anew=True)
def create_client(town: Town) -> Asked:
    return {"body": new_client(town)}


@visit("campaigns.replace_client", may=MINE)
def replace_client(town: Town) -> Asked:
    return {"id": client_id(town), "body": new_client(town)}


@visit("campaigns.opt_in", may=MINE)
def opt_in(town: Town) -> Asked:
    id = client_id(town)
    town.ask("campaigns.opt_out", id=id)
    return {"id": id}


@visit("campaigns.opt_out_page", by="anonymous")
def opt_out_page(town: Town) -> Asked:
    shown = town.ask("campaigns.show_opt_out", id=client_id(town))
    return {"link": shown["link"].rpartition("/")[2]}


@visit("campaigns.opt_out_form", by="anonymous")
def opt_out_form(town: Town) -> Asked:
    return {**opt_out_page(town), "raw": b""}


@visit("campaigns.hear", by="anonymous")
def hear(town: Town) -> Asked:
    body = {"phone": client(town)["phone_number"], "text": "STOP"}
    return {"body": body, "headers": {"x-inbound-secret": SANDBOX_INBOUND}}


# Messages


@visit("campaigns.create_message", may=MINE, refused=400, again={400})
def create_message(town: Town) -> Asked:
    return {"body": new_message(town)}


@visit("campaigns.replace_message", may=MINE)
def replace_message(town: Town) -> Asked:
    body = new_message(town)
    id = town.ask("campaigns.create_message", body)["id"]
    return {"id": id, "body": body | {"message_text": "Your lock is here."}}


# Imports


def uploaded(town: Town) -> str:
    """The id of an import whose file is there."""
    told = town.ask("campaigns.create_import")
    rows = [",".join(COLUMNS), *(",".join(new_client(town)[name] for name in COLUMNS) for _ in range(2))]
    upload(told["upload"], "\n".join(rows).encode())
    return str(told["id"])


@visit("campaigns.create_import", anew=True)
def create_import(town: Town) -> Asked:
    return {}


@visit("campaigns.list_imports")
def list_imports(town: Town) -> Asked:
    town.ask("campaigns.create_import")
    return {}


@visit("campaigns.show_import", may=MINE)
def show_import(town: Town) -> Asked:
    return {"id": town.ask("campaigns.create_import")["id"]}


@visit("campaigns.start_import", may=MINE, again={409})
def start_import(town: Town) -> Asked:
    return {"id": uploaded(town)}


@visit("campaigns.check_import")
def check_import(town: Town) -> Asked:
    town.ask("campaigns.start_import", id=uploaded(town))
    return town.place.running(Machine.IMPORT)


@visit("campaigns.make_clients")
def make_clients(town: Town) -> Asked:
    order = check_import(town)
    [page] = town.place.call("campaigns.check_import", order)["pages"]
    return {"id": order["id"], "page": page}


# A campaign on its way


@visit("campaigns.begin")
def begin(town: Town, **when: int) -> Asked:
    campaign(town, **{"starts": 0, **when})
    town.place.settle()
    return town.place.running(Machine.CAMPAIGN)


@visit("campaigns.plan")
def plan(town: Town, **when: int) -> Asked:
    order = begin(town, **when)
    return {**order, "next": town.place.call("campaigns.begin", order)}


@visit("campaigns.watch")
def watch(town: Town, **when: int) -> Asked:
    """A run that is planned, of which nothing was handed over yet."""
    order = plan(town, **when)
    return {**order, "next": town.place.call("campaigns.plan", order)}


@visit("campaigns.dispatch")
def dispatch(town: Town) -> Asked:
    """A run to begin, a slot to hand over, a run to call off, and one to delete."""
    off, gone = campaign(town), campaign(town)
    watch(town)
    campaign(town)
    town.ask("campaigns.cancel", id=off)
    town.ask("campaigns.delete", id=gone)
    return {"Records": town.place.changes(Table.CAMPAIGNS)}


@visit("campaigns.release")
def release(town: Town) -> Asked:
    watch(town, opens=HOUR)
    town.place.settle()
    town.place.wait(HOUR)
    return town.place.running(Machine.SLOT)


@visit("campaigns.send", swept=True)  # who dies with a message in hand leaves it unknown, and its run to the tick
def send(town: Town) -> Asked:
    watch(town)
    town.place.call("campaigns.dispatch", {"Records": town.place.changes(Table.CAMPAIGNS)})
    return town.place.messages(Queue.CAMPAIGNS)


@visit("campaigns.sweep")
def sweep(town: Town) -> Asked:
    """A slot that nobody has handed over, and a run that nobody has begun."""
    watch(town)
    campaign(town)
    town.place.wait(HOUR)
    return {"id": town.name("tick")}

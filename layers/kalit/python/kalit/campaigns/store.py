"""The campaigns table, and what its stores share: clients, their messages, and the lists that both stand in.

pk                       sk                    what
CLIENT#<id>              CLIENT                a client
CLIENT#<id>              MESSAGE#<run>         its message in a run: at most one, and all that is under way to a client
                                               lies in its own partition
CLIENTS#<owner>          <id>                  the clients of an owner, in order; without an owner, all of them
AUDIENCE#<owner>#<tag>   MEMBER#<zone>#<id>    who has a tag
AUDIENCE#<owner>#<tag>   COUNT#<zone>#<op>#…   how many they are, by zone and operator
PHONE#<digits>           OWNER#<owner>         which of an owner's clients have a phone
PHONE#<digits>           OPTED                 that whoever has the phone wants no messages, whosever client he is
CAMPAIGN#<id>            CAMPAIGN              a campaign
CAMPAIGNS#<owner>        <start>#<id>          the campaigns of an owner; without an owner, all of them
OWNERS                   <owner>               who has campaigns
RUN#<number>             RUN                   a run; while something is to be done in index `due`
RUN#<number>             PAGE#<number>         clients who were planned together
RUN#<number>             SLOT#<time>#<page>    those whose messages are to be sent at a time; in index `due`
RUNID#<uuid>             RUN                   which run has that id
STATS#<owner>            <campaign>#<run>#…    what became of a run's messages, counted
RATE                     <second>              how many messages were handed to the provider in it
KEY#<uuid>               KEY                   what an Idempotency-Key made
COUNTS#<what>#<owner>    #<shard>              how many clients or campaigns there are
COUNTER#<kind>           COUNTER               the last integer id

A message's id is made of its run and its client (`messages.id_of`), so it needs no index.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, NumberSetAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from kalit.kit import clock
from kalit.kit.caller import Caller
from kalit.kit.counts import Counts
from kalit.kit.ids import Counter
from kalit.kit.pages import PageQuery, Part, part
from kalit.kit.resources import Table
from kalit.kit.tables import Commit, Followed, Row, TableName

PAGE_SIZE = 50
AT_ONCE = 100  # keys that one BatchGetItem takes
KEY_KEPT = timedelta(hours=25)  # longer than the answers of `kit.once`
CHANGES = 5  # tries to change what others change at the same time
EVERYBODY = ""  # whose lists hold all there is

Found = TypeVar("Found", bound=Row)
Thing = TypeVar("Thing")


class Changed(Exception):
    """Somebody else changed it since it was read."""


class AlreadyMade(Exception):
    """This Idempotency-Key made something before."""


class ClientRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    owner = UnicodeAttribute()
    phone_number = UnicodeAttribute()
    digits = UnicodeAttribute()
    operator = UnicodeAttribute()
    tag = UnicodeAttribute()
    timezone = UnicodeAttribute()
    version = NumberAttribute(default=0)

    @staticmethod
    def key(id: int) -> tuple[str, str]:
        return f"CLIENT#{id}", "CLIENT"

    @property
    def id(self) -> int:
        return int(self.pk.removeprefix("CLIENT#"))


class MessageRow(Row):
    """`state` is what `messages.State` names; `until` the end of a sender's lease, in unix seconds."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    owner = UnicodeAttribute()
    campaign = NumberAttribute()
    run = UnicodeAttribute()  # its UUID
    page = UnicodeAttribute()  # the sort key of the page that it was planned with
    created_at = UnicodeAttribute()
    planned_at = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    attempts = NumberAttribute(default=0)
    claim = UnicodeAttribute(null=True)  # which sender has it, or had it last
    until = NumberAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)  # where it is not the run's

    @staticmethod
    def key(client: int, run: int) -> tuple[str, str]:
        return f"CLIENT#{client}", f"MESSAGE#{run:019d}"

    @property
    def client(self) -> int:
        return int(self.pk.removeprefix("CLIENT#"))

    @property
    def number(self) -> int:
        """The number of its run."""
        return int(self.sk.removeprefix("MESSAGE#"))


class CampaignRow(Row):
    """`told` is the campaign as it was told (`campaigns.Plan`), `runs` all its runs (`runs.Earlier`), as JSON."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    owner = UnicodeAttribute()
    told = UnicodeAttribute()
    origin = UnicodeAttribute()  # our public address, as its maker called it: links in texts lead there
    status = UnicodeAttribute()
    is_active = BooleanAttribute(default=False)
    last_started_at = UnicodeAttribute(null=True)
    active_run = UnicodeAttribute(null=True)  # its UUID
    active_number = NumberAttribute(null=True)
    failure = UnicodeAttribute(null=True)  # why its last run failed
    runs = UnicodeAttribute(default="[]")
    asked = BooleanAttribute(default=False)  # whether anybody has asked for a start: until then its one run is its own
    version = NumberAttribute(default=0)

    @staticmethod
    def key(id: int) -> tuple[str, str]:
        return f"CAMPAIGN#{id}", "CAMPAIGN"

    @property
    def id(self) -> int:
        return int(self.pk.removeprefix("CAMPAIGN#"))


class Due(GlobalSecondaryIndex["RunRow"]):
    """What a tick looks at: runs and slots, by when somebody should look again."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class OwnerRow(Row):
    """That an account has campaigns."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)


class RunRow(Followed):
    """`plan` is the campaign as it was when the run began, as JSON; before that there is none."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    uuid = UnicodeAttribute()
    campaign = NumberAttribute()
    owner = UnicodeAttribute()
    state = UnicodeAttribute()
    force = BooleanAttribute(default=False)
    generation = NumberAttribute()
    origin = UnicodeAttribute()
    earlier = UnicodeAttribute()  # the campaign's runs before it, as JSON
    created_at = UnicodeAttribute()
    starts_at = UnicodeAttribute()
    plan = UnicodeAttribute(null=True)
    began_at = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    cursor = UnicodeAttribute(default="")  # how far the audience is planned
    pages = NumberAttribute(default=0)
    total = NumberAttribute(default=0)  # messages that were planned
    planned = BooleanAttribute(default=False)  # all of them
    open_slots = NumberAttribute(default=0)
    edited = NumberSetAttribute(null=True)  # clients whose messages have texts of their own
    executions = NumberAttribute(default=0)  # how often its machine was asked for
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    due_index = Due()

    @staticmethod
    def key(number: int) -> tuple[str, str]:
        return f"RUN#{number}", "RUN"

    @property
    def number(self) -> int:
        return int(self.pk.removeprefix("RUN#"))


class RunIdRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    number = NumberAttribute()

    @staticmethod
    def key(uuid: UUID | str) -> tuple[str, str]:
        return f"RUNID#{uuid}", "RUN"


class PageRow(Row):
    """Clients who are planned together: `slots` is JSON, when -> who. Written before their messages are."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    slots = UnicodeAttribute()
    size = NumberAttribute()
    next = UnicodeAttribute()  # where the audience goes on behind it; empty at its end
    new = NumberAttribute(default=0)  # clients who have no message in an earlier run
    ready = BooleanAttribute(default=False)
    gone = NumberSetAttribute(null=True)  # clients whose messages were deleted

    @staticmethod
    def key(run: int, number: int) -> tuple[str, str]:
        return f"RUN#{run}", f"PAGE#{number:09d}"


class SlotRow(Followed):
    """Messages of a run that are due at a time; `clients` is JSON."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    clients = UnicodeAttribute()
    attempt = NumberAttribute(default=1)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)  # when to look at it again
    due_index = Due()

    @staticmethod
    def key(run: int, at: datetime, name: str) -> tuple[str, str]:
        return f"RUN#{run}", f"SLOT#{clock.wire(at)}#{name}"

    @property
    def run(self) -> int:
        return int(self.pk.removeprefix("RUN#"))

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.sk.split("#")[1])

    @property
    def name(self) -> str:
        return self.sk.split("#")[2]


class Stats(Counts):
    """What became of messages, at STATS#<owner>, in a bucket for each run."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    pending = NumberAttribute(default=0)
    sent = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)
    skipped = NumberAttribute(default=0)
    unknown = NumberAttribute(default=0)
    recipients = NumberAttribute(default=0)

    @staticmethod
    def bucket(campaign: int, run: int) -> str:
        return f"{campaign:019d}#{run:019d}"

    @classmethod
    def shift(cls, commit: Commit, run: RunRow, changes: dict[str, int]) -> None:
        """Put changes of a run's numbers into a transaction."""
        cls.add(commit, f"STATS#{run.owner}", changes, bucket=cls.bucket(int(run.campaign), run.number))

    @classmethod
    def of(cls, owner: str, campaign: int | None = None, run: int | None = None) -> list[Self]:
        """The rows of an owner, of one of his campaigns, or of a run of it. One Query."""
        prefix = "" if campaign is None else f"{campaign:019d}#" + ("" if run is None else f"{run:019d}#")
        place: Any = cls.sk.startswith(prefix) if prefix else None
        return list(cls.query(f"STATS#{owner}", place, consistent_read=True))

    @property
    def place(self) -> tuple[int, int]:
        """The campaign and the run that it counts."""
        campaign, run, _ = self.sk.split("#")
        return int(campaign), int(run)


class ListRow(Row):
    """A place in a list: in that of an owner, and in that of all."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    @classmethod
    def both(cls, kind: str, owner: str, place: str) -> list["ListRow"]:
        return [cls(f"{kind}#{whose}", place) for whose in (owner, EVERYBODY)]


class MemberRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    operator = UnicodeAttribute()

    @staticmethod
    def key(owner: str, tag: str, zone: str, id: int) -> tuple[str, str]:
        return f"AUDIENCE#{owner}#{tag}", f"MEMBER#{zone}#{id:019d}"


class MemberCounts(Counts):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    clients = NumberAttribute(default=0)


class PhoneRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    clients = NumberSetAttribute(null=True)

    @staticmethod
    def key(digits: str, owner: str) -> tuple[str, str]:
        return f"PHONE#{digits}", f"OWNER#{owner}"


class OptedRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    at = UnicodeAttribute()
    by = UnicodeAttribute()  # as `opt_outs.By` names it
    account = UnicodeAttribute(null=True)  # whose word it was, if it was an account's

    @staticmethod
    def key(digits: str) -> tuple[str, str]:
        return f"PHONE#{digits}", "OPTED"


class KeyRow(Row):
    """What an Idempotency-Key made."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    made = NumberAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(key: UUID) -> tuple[str, str]:
        return f"KEY#{key}", "KEY"

    @classmethod
    def mark(cls, commit: Commit, key: UUID | None, made: int, at: datetime) -> None:
        """Put into a transaction what a key makes. Meets `AlreadyMade`."""
        if key:
            row = cls(*cls.key(key), made=made, ttl=int((at + KEY_KEPT).timestamp()))
            unused = cls.pk.does_not_exist() | (cls.ttl <= int(at.timestamp()))
            commit.put(row, unused, unmet=AlreadyMade())

    @classmethod
    def of(cls, key: UUID | None) -> int:
        return int(cls.get(f"KEY#{key}", "KEY", consistent_read=True).made)


class RateRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    taken = NumberAttribute()
    ttl = NumberAttribute()


class Totals(Counts):
    """How many there are of what an owner has, or everybody."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    all = NumberAttribute(default=0)

    @classmethod
    def shift(cls, commit: Commit, kind: str, owner: str, by: int, worker: int | None = None) -> None:
        for whose in (owner, EVERYBODY):
            cls.add(commit, f"COUNTS#{kind}#{whose}", {"all": by}, worker=worker)


class CampaignsCounter(Counter):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)


def owner_of(caller: Caller) -> str:
    return str(caller.id)


def seen_by(caller: Caller) -> str:
    """Whose things a caller sees in lists: his own, or everybody's where he is staff."""
    return EVERYBODY if caller.role in ("manager", "admin") else owner_of(caller)


def sees(caller: Caller, owner: str) -> bool:
    return seen_by(caller) in (EVERYBODY, owner)


def places(kind: str, caller: Caller, query: PageQuery, newest_first: bool) -> Part[ListRow]:
    """What a page shows of a list: rows whose sort keys say which things. Raises `InvalidPage`.

    A Query up to the page's end; one for the counts where there is more.
    """
    key = f"{kind}#{seen_by(caller)}"
    return part(
        query,
        PAGE_SIZE,
        lambda most: ListRow.query(key, consistent_read=True, scan_index_forward=not newest_first, limit=most),
        lambda: Totals.total(f"COUNTS#{key}")["all"],
    )


def batch(model: type[Found], keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Found]:
    """Those rows that there are, as last written. One BatchGetItem for each hundred."""
    found: dict[tuple[str, str], Found] = {}
    for some in batches(list(dict.fromkeys(keys)), AT_ONCE):
        for row in model.batch_get(some, consistent_read=True):
            found[row.pk, row.sk] = row
    return found


def batches(things: Sequence[Thing], most: int) -> Iterator[Sequence[Thing]]:
    """The things in their order, so many at a time."""
    for begin in range(0, len(things), most):
        yield things[begin : begin + most]

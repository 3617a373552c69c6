"""Imports of clients: their rows in the campaigns table, their files in a bucket that forgets them after a day.

pk           sk             what
IMPORT#<id>  IMPORT         an import
IMPORT#<id>  REPORT         what was wrong in its file, and which lines were duplicates
IMPORT#<id>  PAGE#<number>  clients who are made by one step, and how many of them there are already

Nothing of a file is made before all of it is checked. The ids of its clients are taken before the first is made, and
each transaction that makes some moves its page on: so a step that comes again goes on where the last one died.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from kalit.kit import clock, files, steps
from kalit.kit.caller import Caller
from kalit.kit.ids import ordered
from kalit.kit.pages import Page, PageQuery
from kalit.kit.resources import Bucket, Grant, Machine, Table
from kalit.kit.sealed import OPEN, SEAL
from kalit.kit.tables import Commit, Row, TableName, condition_failed, find_both

from . import client_store, imports, store
from .clients import NewClient
from .clients_csv import MOST_BYTES
from .imports import (
    AlreadyStarted,
    Check,
    Checked,
    Import,
    ImportDetails,
    ImportNotFound,
    NewImport,
    NothingUploaded,
    Order,
    PageOrder,
    State,
    Upload,
)
from .store import CampaignsCounter, Changed, ListRow, PhoneRow, Totals

AT_ONCE = 16  # clients in a transaction: five writes each, one for its count, and three
CSV = "text/csv"

# The bucket's files are sealed by a key of their own.
CREATE: tuple[Grant, ...] = (Table.CAMPAIGNS.put, Table.CAMPAIGNS.update, Bucket.IMPORTS.put, *SEAL)
READ: tuple[Grant, ...] = (Table.CAMPAIGNS.batch_get, Table.CAMPAIGNS.query)
LIST: tuple[Grant, ...] = (Table.CAMPAIGNS.query, Table.CAMPAIGNS.batch_get)
START: tuple[Grant, ...] = (
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.update,
    Bucket.IMPORTS.get,
    *OPEN,
    Machine.IMPORT.start,
)
CHECK: tuple[Grant, ...] = (
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.query,
    Table.CAMPAIGNS.batch_get,
    Table.CAMPAIGNS.put,
    Table.CAMPAIGNS.update,
    Bucket.IMPORTS.get,
    Bucket.IMPORTS.put,
    *OPEN,
    *SEAL,
)
MAKE: tuple[Grant, ...] = (
    Table.CAMPAIGNS.get,
    Table.CAMPAIGNS.query,
    Table.CAMPAIGNS.put,
    Table.CAMPAIGNS.update,
    Bucket.IMPORTS.get,
    *OPEN,
)


class ImportRow(Row):
    """`outcome` is the state that a check led to."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    owner = UnicodeAttribute()
    created_at = UnicodeAttribute()
    started_at = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    rows = NumberAttribute(null=True)
    accepted = NumberAttribute(null=True)
    error_count = NumberAttribute(default=0)
    duplicate_count = NumberAttribute(default=0)
    checked = UnicodeAttribute(null=True)  # the file of those who are to be made
    first_id = NumberAttribute(null=True)

    @staticmethod
    def key(id: UUID | str) -> tuple[str, str]:
        return f"IMPORT#{id}", "IMPORT"

    @property
    def id(self) -> UUID:
        return UUID(self.pk.removeprefix("IMPORT#"))

    @property
    def file(self) -> str:
        """The file as it was uploaded."""
        return f"{self.id}/clients.csv"

    @property
    def state(self) -> State:
        if self.outcome:
            return State(self.outcome)
        return State.CHECKING if self.started_at else State.WAITING


class ReportRow(Row):
    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    told = UnicodeAttribute()

    @staticmethod
    def key(id: UUID) -> tuple[str, str]:
        return f"IMPORT#{id}", "REPORT"


class ImportPageRow(Row):
    """`first` counts all clients who are made, `offset` and `size` tell its part of the checked file."""

    class Meta:
        table_name = TableName(Table.CAMPAIGNS)

    first = NumberAttribute()
    clients = NumberAttribute()
    offset = NumberAttribute()
    size = NumberAttribute()
    made = NumberAttribute(default=0)

    @staticmethod
    def key(id: UUID, number: int) -> tuple[str, str]:
        return f"IMPORT#{id}", f"PAGE#{number:04d}"

    @property
    def number(self) -> int:
        return int(self.sk.removeprefix("PAGE#"))


def create(caller: Caller, at: datetime) -> NewImport:
    """A new import, and the form that takes its file. One transaction."""
    row = ImportRow(*ImportRow.key(ordered(at)), owner=store.owner_of(caller), created_at=clock.wire(at))
    form = files.take_in(Bucket.IMPORTS, row.file, CSV, MOST_BYTES, imports.UPLOAD_HOLDS)
    with Commit() as commit:
        commit.put(row)
        for place in ListRow.both("IMPORTS", row.owner, str(row.id)):
            commit.put(place)
        Totals.shift(commit, "IMPORTS", row.owner, 1)
    return NewImport(id=row.id, upload=Upload(**form), expires_at=at + imports.UPLOAD_HOLDS)


def start(id: UUID, caller: Caller, at: datetime) -> Import:
    """Raises `ImportNotFound`, `NothingUploaded` or `AlreadyStarted`.

    A read, a GetObject, what it takes to start a machine, and an UpdateItem. The machine goes first: who dies in
    between is asked again, and starts the same one.
    """
    row = _found(id, caller)
    if row.started_at:
        raise AlreadyStarted
    if files.size(Bucket.IMPORTS, row.file) is None:
        raise NothingUploaded
    steps.start(Machine.IMPORT, str(row.id), Order(id=row.id))
    try:
        row.update([ImportRow.started_at.set(clock.wire(at))], ImportRow.started_at.does_not_exist())
    except UpdateError as error:
        if not condition_failed(error):
            raise
        raise AlreadyStarted from None
    return _shown(row)


def show(id: UUID, caller: Caller, language: str) -> ImportDetails:
    """Raises `ImportNotFound`. One read; a Query while clients are made."""
    found, report = find_both((ImportRow, ImportRow.key(id)), (ReportRow, ReportRow.key(id)))
    row = _seen(found, caller)
    lists = imports.reported(report.told, language) if report else {"errors": [], "duplicates": []}
    return ImportDetails(**_shown(row).model_dump(), **lists)


def listed(query: PageQuery, caller: Caller) -> Page[Import]:
    """A page of the caller's imports, the newest first; staff's are all. Raises `InvalidPage`.

    `store.places` and a BatchGetItem; a Query for each whose clients are made just now.
    """
    found = store.places("IMPORTS", caller, query, newest_first=True)
    keys = [ImportRow.key(place.sk) for place in found.things]
    rows = store.batch(ImportRow, keys)
    return Page.of(found, [_shown(rows[key]) for key in keys if key in rows])


def check(order: Order, at: datetime) -> Checked:
    """Look through the whole file, once; then tell which pages are to be made.

    A GetObject and a BatchGetItem for each hundred clients; where nothing is wrong a PutObject; a transaction.
    """
    row = ImportRow.find(*ImportRow.key(order.id))
    if row and not row.outcome:
        with suppress(Changed):  # another one was faster
            _settle(row, _checked(row), at)
    return Checked(pages=[page.number for page in _pages(order.id) if page.made < page.clients])


def make(order: PageOrder) -> None:
    """Make a page's clients, or those that are left of them.

    Two reads, a GetObject, a transaction for each sixteen clients, and a Query.
    """
    row, page = ImportRow.find(*ImportRow.key(order.id)), ImportPageRow.find(*ImportPageRow.key(order.id, order.page))
    if row is None or page is None:
        return
    everybody = _of(row, page)
    while page.made < page.clients:
        some = everybody[int(page.made) :][:AT_ONCE]
        made = int(page.made) + len(some)
        with Commit() as commit:
            commit.update(page, [ImportPageRow.made.set(made)], ImportPageRow.made == page.made, unmet=Changed())
            client_store.add(commit, some, worker=page.number)
        page.made = made
    if all(page.made == page.clients for page in _pages(order.id)):
        _finish(row)


def _found(id: UUID, caller: Caller) -> ImportRow:
    return _seen(ImportRow.find(*ImportRow.key(id)), caller)


def _seen(row: ImportRow | None, caller: Caller) -> ImportRow:
    if row is None or not store.sees(caller, row.owner):
        raise ImportNotFound
    return row


def _pages(id: UUID) -> list[ImportPageRow]:
    return list(ImportPageRow.query(f"IMPORT#{id}", ImportPageRow.sk.startswith("PAGE#"), consistent_read=True))


def _checked(row: ImportRow) -> Check:
    size = files.size(Bucket.IMPORTS, row.file)
    if size is not None and size > MOST_BYTES:
        return imports.too_big()
    check = imports.checked(files.pieces(Bucket.IMPORTS, row.file))
    if not check.failed:
        check.leave_out(_known(row.owner, check.accepted))
    return check


def _known(owner: str, phones: Iterable[str]) -> dict[str, int]:
    """Digits -> a client of the owner's that has them."""
    rows = store.batch(PhoneRow, (PhoneRow.key(phone, owner) for phone in phones))
    return {row.pk.removeprefix("PHONE#"): int(min(row.clients)) for row in rows.values() if row.clients}


def _settle(row: ImportRow, check: Check, at: datetime) -> None:
    """Keep what a check has found. Meets `Changed`."""
    accepted = 0 if check.failed else len(check.accepted)
    changes: list[Action] = [
        ImportRow.rows.set(check.rows),
        ImportRow.accepted.set(accepted),
        ImportRow.error_count.set(check.error_count),
        ImportRow.duplicate_count.set(len(check.duplicates)),
    ]
    pages: list[ImportPageRow] = []
    if accepted:
        file, first_id, pages = _kept(row.id, [client for _, client in check.accepted.values()])
        changes += [ImportRow.checked.set(file), ImportRow.first_id.set(first_id)]
        changes += [ImportRow.outcome.set(State.IMPORTING)]
    else:
        changes += [ImportRow.outcome.set(State.FAILED if check.failed else State.DONE)]
        changes += [ImportRow.finished_at.set(clock.wire(at))]
    with Commit() as commit:
        commit.update(row, changes, ImportRow.outcome.does_not_exist(), unmet=Changed())
        commit.put(ReportRow(*ReportRow.key(row.id), told=imports.report(check)))
        for page in pages:
            commit.put(page)


def _kept(id: UUID, accepted: Sequence[NewClient]) -> tuple[str, int, list[ImportPageRow]]:
    """The file of those who are to be made, which is this check's own, the first of their ids, and their pages."""
    pages, content = [], bytearray()
    for number, piece in enumerate(imports.paged(accepted)):
        page = ImportPageRow(*ImportPageRow.key(id, number), first=piece.first, clients=piece.clients)
        page.offset, page.size = len(content), len(piece.content)
        content += piece.content
        pages.append(page)
    file = f"{id}/{uuid4()}"
    files.keep(Bucket.IMPORTS, file, bytes(content))
    return file, CampaignsCounter.block("client", len(accepted)), pages


def _of(row: ImportRow, page: ImportPageRow) -> list[store.ClientRow]:
    """A page's clients as they are to be."""
    content = files.part(Bucket.IMPORTS, str(row.checked), int(page.offset), int(page.size))
    first = int(row.first_id or 0) + int(page.first)
    return [client_store.made(id, client, row.owner) for id, client in enumerate(imports.of_page(content), start=first)]


def _finish(row: ImportRow) -> None:
    at = clock.wire(clock.now())  # a step may have taken a while
    done: list[Action] = [ImportRow.outcome.set(State.DONE), ImportRow.finished_at.set(at)]
    try:
        row.update(done, ImportRow.outcome == State.IMPORTING)
    except UpdateError as error:
        if not condition_failed(error):
            raise


def _shown(row: ImportRow) -> Import:
    imported = int(row.accepted or 0)
    if row.state is State.IMPORTING:
        imported = sum(int(page.made) for page in _pages(row.id))
    told = {name: getattr(row, name) for name in Import.model_fields if name != "imported"}
    return Import(**told, imported=imported)

"""Logins: the session rows of the accounts table, and the tokens that belong to them."""

from contextlib import suppress
from datetime import datetime
from itertools import islice
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from kalit.kit import clock, limits, metrics
from kalit.kit.caller import Caller, Standing, verified
from kalit.kit.errors import TokenNotValid
from kalit.kit.ids import ordered
from kalit.kit.log import log
from kalit.kit.resources import Grant, Table
from kalit.kit.tables import Commit, Row, TableName, condition_failed, find_both

from . import event_store, events, key_store, one_time, passwords, sessions, store, tokens
from .directory import Account, NoActiveAccount, folded
from .people import PasswordChange, ProfileChange, WrongPassword, WrongProfilePassword, check_strength
from .sessions import LOGINS, Client, Session, SessionNotFound, Verdict
from .store import AccountRow
from .tokens import FAMILIES, LONGEST_ACCESS, PLAIN, ROTATING, Access, Family, Holder, RefreshNotValid, Ticket, Tokens

# What the doors that call these functions declare.
OPEN: tuple[Grant, ...] = (*key_store.SIGN, Table.ACCOUNTS.put, Table.ACCOUNTS.update)
LOG_IN: tuple[Grant, ...] = (*OPEN, *event_store.TRY, Table.ACCOUNTS.get, Table.ACCOUNTS.delete)
OPEN_ROTATING: tuple[Grant, ...] = (*OPEN, *key_store.DERIVE)
RENEW: tuple[Grant, ...] = (*key_store.SIGN, Table.ACCOUNTS.batch_get)
ROTATE: tuple[Grant, ...] = (*RENEW, *key_store.DERIVE, Table.ACCOUNTS.update, Table.ACCOUNTS.delete)
END: tuple[Grant, ...] = (Table.ACCOUNTS.update, Table.ACCOUNTS.delete)
LOG_OUT: tuple[Grant, ...] = (*key_store.DERIVE, Table.ACCOUNTS.delete, Table.ACCOUNTS.put)
LIST: tuple[Grant, ...] = (Table.ACCOUNTS.query,)
CHANGE: tuple[Grant, ...] = (*limits.COUNT, Table.ACCOUNTS.update)
CHANGE_PASSWORD: tuple[Grant, ...] = (*CHANGE, Table.ACCOUNTS.put)
CHECK: tuple[Grant, ...] = (*event_store.TRY, Table.ACCOUNTS.get)


class SessionRow(Row):
    class Meta:
        table_name = TableName(Table.ACCOUNTS)

    family = UnicodeAttribute()
    version = NumberAttribute()  # the account's session version when it began
    generation = NumberAttribute(default=0)  # of its newest refresh token
    created_at = UnicodeAttribute()
    rotated_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    address = UnicodeAttribute()
    agent = UnicodeAttribute()
    ttl = NumberAttribute()

    @staticmethod
    def key(account: str, session: str) -> tuple[str, str]:
        return f"ACCOUNT#{account}", f"SESSION#{session}"

    @property
    def id(self) -> str:
        return self.sk.removeprefix("SESSION#")


def log_in(name: str, password: str, family: Family, client: Client, at: datetime) -> tuple[AccountRow, Tokens]:
    """Tokens for a name and its password. Raises `NoActiveAccount`, alike for every reason, or `Throttled`."""
    row = check(name, password, family, client, at)
    return row, begin(row, family, client, at)


def check(name: str, password: str, family: Family, client: Client, at: datetime) -> AccountRow:
    """The account of a name and its password, without a session for it. Raises as `log_in`."""
    row = store.by_name(name)
    with event_store.tries(row, name, client, at, failure=NoActiveAccount):
        right = passwords.matches(row.password if row else None, password)
        # A lock's app knows accounts by their e-mail; who came by a mere username has none.
        known = row and (family is PLAIN or folded(row.email) == folded(name))
        if not (right and row and known and row.is_active and one_time.opens(row, at)):
            metrics.count("logins_refused")
            raise NoActiveAccount
        return row


def begin(row: AccountRow, family: Family, client: Client, at: datetime) -> Tokens:
    """A new session, if the password is still that of `row`. Raises `NoActiveAccount`. One transaction, two keys.

    A one-time password is used by it.
    """
    session = SessionRow(*SessionRow.key(row.uuid, str(ordered(at))), family=family.name)
    session.version = row.session_version
    session.created_at = session.rotated_at = clock.wire(at)
    session.address, session.agent = client
    expires_at = sessions.expiry(family, at, at)
    session.expires_at, session.ttl = clock.wire(expires_at), int(expires_at.timestamp())
    seen: list[Action] = [AccountRow.last_login_at.set(clock.wire(at)), AccountRow.last_login_ip.set(client.address)]
    if stale := {told for told in row.ended_sessions or () if int(told.partition("|")[0]) <= at.timestamp()}:
        seen.append(AccountRow.ended_sessions.delete(stale))
    if row.one_time_until:
        seen.append(AccountRow.one_time_until.remove())
    with Commit() as commit:
        store.forget_one_time(commit, row)
        commit.put(session)
        commit.update(row, seen, _as_read(row), unmet=NoActiveAccount())
        event_store.write(commit, events.LOGGED_IN, row.uuid, client, at)
    metrics.count("logins")
    return _tokens(session, int(row.number), family, at)


def renew(refresh: str, at: datetime) -> Access:
    """A new access token for a plain refresh token, which stays. Raises `RefreshNotValid`. One read, one key."""
    try:
        claims = verified(refresh, "refresh", at)
    except TokenNotValid:
        raise RefreshNotValid from None
    session, standing = _session(claims["sub"], claims["sid"])
    if session is None or standing is None or not standing.has(claims["sid"], claims.get("ver")):
        raise RefreshNotValid
    holder = Holder(claims["sub"], int(standing.number), claims["sid"], claims["ver"])
    return Access(access=key_store.sign(tokens.claims("access", holder, PLAIN, at)))


def rotate(refresh: str, at: datetime) -> Tokens:
    """A rotating refresh token's successor, the same for all who ask at once, and an access token.

    Raises `RefreshNotValid`; a token whose successor was used ends the session. One read, one write, two keys.
    """
    ticket, secret = _genuine(refresh)
    account, id = str(ticket.account), str(ticket.session)
    while True:
        session, standing = _session(account, id)
        if session is None or standing is None or not standing.has(id, session.version):
            raise RefreshNotValid
        rotated_at, expires_at = map(datetime.fromisoformat, (session.rotated_at, session.expires_at))
        verdict = sessions.judge(ticket.generation, int(session.generation), rotated_at, expires_at, at)
        if verdict is Verdict.ROTATE and not _rotated(session, at):
            continue  # somebody else was faster: see what he made of it
        break
    if verdict is Verdict.REVOKE:
        log.warning("refresh token reused", extra={"account_id": account, "session_id": id})
        metrics.count("refresh_tokens_reused")
        with suppress(SessionNotFound):  # ended by another who saw it
            end(ticket.account, ticket.session, at)
    if verdict not in (Verdict.ROTATE, Verdict.AGAIN):
        raise RefreshNotValid
    holder = Holder(account, int(standing.number), id, int(session.version))
    access = key_store.sign(tokens.claims("access", holder, ROTATING, at))
    return Tokens(refresh=ticket.successor.token(secret), access=access)


def _session(account: str, session: str) -> tuple[SessionRow | None, Standing | None]:
    """A session, and whether its account stands. One read."""
    return find_both((SessionRow, SessionRow.key(account, session)), (Standing, Standing.key(account)))


def log_out(caller: Caller, refresh: str | None, client: Client, at: datetime) -> None:
    """End the session of a refresh token, or that of the caller; access tokens run out by themselves.

    Raises `RefreshNotValid` when it is none of the caller's, or ended already. One transaction.
    """
    account, session = _belonging(refresh, at) if refresh else (caller.uuid, caller.session)
    if account != caller.uuid:
        raise RefreshNotValid
    row = SessionRow(*SessionRow.key(str(account), str(session)))
    try:
        with Commit() as commit:
            commit.delete(row, SessionRow.pk.exists(), unmet=RefreshNotValid())
            event_store.write(commit, events.LOGGED_OUT, str(account), client, at)
    except RefreshNotValid:
        if refresh:  # without one, whoever is out already has what he wants
            raise


def of(caller: Caller, at: datetime) -> list[Session]:
    """The caller's sessions, the newest first. One read and one Query."""
    standing = Standing.get(*Standing.key(str(caller.uuid)), consistent_read=True)
    rows = SessionRow.query(
        f"ACCOUNT#{caller.uuid}",
        SessionRow.sk.startswith("SESSION#"),
        scan_index_forward=False,
        consistent_read=True,
        page_size=sessions.MOST_LISTED,
    )
    standing_rows = (row for row in rows if standing.has(row.id, row.version) and row.expires_at > clock.wire(at))
    return [
        Session(
            id=UUID(row.id),
            created_at=row.created_at,
            last_used_at=row.rotated_at,
            expires_at=row.expires_at,
            address=row.address,
            device=row.agent,
            current=UUID(row.id) == caller.session,
        )
        for row in islice(standing_rows, sessions.MOST_LISTED)
    ]


def end(account: UUID, session: UUID, at: datetime) -> None:
    """End one session of an account, its access tokens included. Raises `SessionNotFound`. One transaction."""
    until = int((at + LONGEST_ACCESS).timestamp())
    with Commit() as commit:
        gone = SessionRow(*SessionRow.key(str(account), str(session)))
        commit.delete(gone, SessionRow.pk.exists(), unmet=SessionNotFound())
        commit.update(AccountRow(*Standing.key(str(account))), [AccountRow.ended_sessions.add({f"{until}|{session}"})])


def end_all(uuid: UUID) -> None:
    """End all sessions of an account, access tokens included. One UpdateItem."""
    AccountRow(*Standing.key(str(uuid))).update(store.sessions_ended(), AccountRow.pk.exists())


def change_password(caller: Caller, told: PasswordChange, client: Client, at: datetime) -> None:
    """Set a new password and end all sessions but the caller's. Raises `Invalid`, `WrongPassword` or `Throttled`."""
    row = proven(caller, told.old_password, client.address, at, WrongPassword)
    check_strength(told.new_password, row.account)
    if row.must_change_password and told.new_password == told.old_password:
        raise one_time.not_new()
    changes: list[Action] = [
        AccountRow.password.set(passwords.hashed(told.new_password)),
        AccountRow.must_change_password.set(False),
        AccountRow.session_version.add(1),
        AccountRow.kept_session.set(str(caller.session)),
        AccountRow.updated_at.set(clock.wire(at)),
    ]
    with Commit() as commit:
        commit.update(AccountRow(*Standing.key(row.uuid)), changes, _as_read(row), unmet=TokenNotValid())
        event_store.write(commit, events.CHANGED, row.uuid, client, at)


def change_profile(caller: Caller, told: ProfileChange, address: str, at: datetime) -> Account:
    """Change what the owner tells of himself. Raises `WrongPassword` or `Throttled`. One read, one UpdateItem.

    Codes for a new password go to a phone only if it was told along with the password: who found an open app must not
    be able to take the account with a phone of his own.
    """
    proof = told.password
    row = proven(caller, proof, address, at, WrongProfilePassword) if proof else store.by_uuid(caller.uuid)
    changed = told.model_dump(exclude_unset=True, exclude={"password"})
    if changed.get("phone", row.phone) != row.phone:
        changed |= {"phone_verified": False, "phone_recovers": bool(proof)}
    elif proof:
        changed["phone_recovers"] = bool(row.phone)
    changes = [getattr(AccountRow, name).set(value) for name, value in changed.items()]
    row.update([*changes, AccountRow.updated_at.set(clock.wire(at))], AccountRow.pk.exists())
    return row.account


def proven(caller: Caller, password: str, address: str, at: datetime, wrong: type[WrongPassword]) -> AccountRow:
    """The caller's account, if this is its password. Raises `wrong`, `TokenNotValid` or `Throttled`."""
    row = store.by_uuid(caller.uuid)
    if not row.has(str(caller.session), caller.version):
        raise TokenNotValid  # ended since the door let him in
    with limits.tries(LOGINS, f"{row.uuid} {address}", at, failure=wrong):
        if not passwords.matches(row.password, password):
            raise wrong
    return row


def _as_read(row: AccountRow) -> Condition:
    """The account may still be let in by what was read of it."""
    same: Condition = AccountRow.password == row.password
    same &= AccountRow.session_version == row.session_version
    same &= AccountRow.is_active == True  # noqa: E712 - a condition
    if row.one_time_until:
        same &= AccountRow.one_time_until == row.one_time_until
    return same


def _genuine(refresh: str) -> tuple[Ticket, bytes]:
    """What a rotating refresh token of ours stands for, and its session's secret. One key."""
    ticket = Ticket.read(refresh)
    secret = key_store.derive("session", str(ticket.account), str(ticket.session))
    if not ticket.matches(refresh, secret):
        raise RefreshNotValid
    return ticket, secret


def _belonging(refresh: str, at: datetime) -> tuple[UUID, UUID]:
    """Account and session of a refresh token of either family."""
    if "." not in refresh:
        ticket, _ = _genuine(refresh)
        return ticket.account, ticket.session
    try:
        claims = verified(refresh, "refresh", at)
    except TokenNotValid:
        raise RefreshNotValid from None
    return UUID(claims["sub"]), UUID(claims["sid"])


def _tokens(session: SessionRow, number: int, family: Family, at: datetime) -> Tokens:
    """A new session's first tokens."""
    account = session.pk.removeprefix("ACCOUNT#")
    holder = Holder(account, number, session.id, int(session.version))
    access = key_store.sign(tokens.claims("access", holder, family, at))
    if family is PLAIN:
        return Tokens(refresh=key_store.sign(tokens.claims("refresh", holder, family, at)), access=access)
    first = Ticket(UUID(account), UUID(session.id), generation=0)
    return Tokens(refresh=first.token(key_store.derive("session", account, session.id)), access=access)


def _rotated(session: SessionRow, at: datetime) -> bool:
    """Give out the next generation, unless somebody else has."""
    expires_at = sessions.expiry(FAMILIES[session.family], datetime.fromisoformat(session.created_at), at)
    try:
        session.update(
            [
                SessionRow.generation.add(1),
                SessionRow.rotated_at.set(clock.wire(at)),
                SessionRow.expires_at.set(clock.wire(expires_at)),
                SessionRow.ttl.set(int(expires_at.timestamp())),
            ],
            SessionRow.generation == session.generation,
        )
    except UpdateError as error:
        if condition_failed(error):
            return False
        raise
    return True

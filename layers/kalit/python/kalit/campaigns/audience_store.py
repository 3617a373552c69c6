"""Who belongs to an audience: counted by zone, and read page by page."""

import json
from collections import Counter
from typing import NamedTuple

from kalit.kit import bulk
from kalit.kit.resources import Grant, Table

from .audience import Audience
from .store import ClientRow, MemberCounts, PhoneRow, batch

COUNT: tuple[Grant, ...] = (Table.CAMPAIGNS.query, Table.CAMPAIGNS.batch_get)
READ = COUNT
PHONES_AT_ONCE = 100  # of a campaign that names phones, in one page


class Member(NamedTuple):
    id: int
    zone: str


def by_zone(owner: str, audience: Audience) -> dict[str, int]:
    """How many clients an owner's audience has in each zone.

    By tags a Query for each; by phones a BatchGetItem for a hundred phones, and one for a hundred of their clients.
    """
    if audience.phones:
        return dict(Counter(member.zone for member in _of_phones(owner, audience, audience.phones)))
    found: Counter[str] = Counter()
    for tag in audience.tags:
        of_tag = MemberCounts.sk.startswith("COUNT#")
        for row in MemberCounts.query(f"AUDIENCE#{owner}#{tag}", of_tag, consistent_read=True):
            _, zone, more = row.sk.split("#", 2)
            if not audience.operators or more.rpartition("#")[0] in audience.operators:
                found[zone] += int(row.clients)
    return {zone: number for zone, number in sorted(found.items()) if number}


def page(owner: str, audience: Audience, cursor: str, most: int) -> tuple[list[Member], str]:
    """The next members behind a cursor, and the cursor behind them; empty at the end, as at the beginning.

    By tags in the order of their zones: a Query for each tag and megabyte. By phones likewise as `by_zone` tells.
    """
    if audience.phones:
        begin = int(cursor or 0)
        members = _of_phones(owner, audience, audience.phones[begin : begin + PHONES_AT_ONCE])
        after = begin + PHONES_AT_ONCE
        return members, str(after) if after < len(audience.phones) else ""
    place, last = json.loads(cursor) if cursor else (0, "MEMBER#")
    found: list[Member] = []
    while place < len(audience.tags):
        partition = f"AUDIENCE#{owner}#{audience.tags[place]}"
        left = most - len(found)
        # `~` is behind all that zones and ids are written with.
        for row in bulk.query(Table.CAMPAIGNS, partition, last, "MEMBER#~", ("sk", "operator"), left):
            last = row["sk"]["S"]
            if not audience.operators or row["operator"]["S"] in audience.operators:
                _, zone, id = last.split("#")
                found.append(Member(int(id), zone))
            left -= 1
        if not left:
            return found, json.dumps([place, last])
        place, last = place + 1, "MEMBER#"
    return found, ""


def _of_phones(owner: str, audience: Audience, phones: tuple[str, ...]) -> list[Member]:
    listed = batch(PhoneRow, [PhoneRow.key(digits, owner) for digits in phones])
    ids = {int(id) for row in listed.values() for id in row.clients or ()}
    rows = batch(ClientRow, [ClientRow.key(id) for id in sorted(ids)]).values()
    fit = [row for row in rows if audience.includes(row.phone_number, row.tag, row.operator)]
    return sorted(Member(row.id, row.timezone) for row in fit)

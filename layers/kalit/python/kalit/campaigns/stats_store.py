"""What became of campaigns' messages, from counts that are kept with the messages themselves."""

from collections import defaultdict

from kalit.kit.caller import Caller
from kalit.kit.resources import Grant, Table

from . import audience_store, campaign_store, runs, store
from .campaigns import CampaignStats, StatsInList
from .store import CampaignRow, ListRow, OwnerRow, Stats

SHOW: tuple[Grant, ...] = (Table.CAMPAIGNS.get, *audience_store.COUNT)
LIST: tuple[Grant, ...] = (Table.CAMPAIGNS.query, Table.CAMPAIGNS.batch_get)


def show(id: int, caller: Caller) -> CampaignStats:
    """Raises `CampaignNotFound`. A read, a Query, and what counting the audience costs (`audience_store`)."""
    row = campaign_store.found(id, caller)
    counts = Stats.added_up(Stats.of(row.owner, id))
    zones = audience_store.by_zone(row.owner, campaign_store.plan_of(row).audience)
    return CampaignStats(id=id, status=row.status, eligible_clients=sum(zones.values()), **_told(counts))


def listed(caller: Caller) -> list[StatsInList]:
    """Of all campaigns that the caller sees, in the order of their list.

    A Query for the list and one for the counts, for staff one more and one for each owner; a BatchGetItem for 100.
    """
    counts: dict[int, list[Stats]] = defaultdict(list)
    for owner in owners(caller):
        for row in Stats.of(owner):
            counts[row.place[0]].append(row)
    places = ListRow.query(f"CAMPAIGNS#{store.seen_by(caller)}", consistent_read=True, scan_index_forward=False)
    keys = [CampaignRow.key(int(place.sk.rpartition("#")[2])) for place in places]
    rows = store.batch(CampaignRow, keys)
    return [_in_list(rows[key], Stats.added_up(counts[rows[key].id])) for key in keys if key in rows]


def owners(caller: Caller) -> list[str]:
    """Whose campaigns a caller sees. For staff a Query."""
    if store.seen_by(caller):
        return [store.owner_of(caller)]
    return [row.sk for row in OwnerRow.query("OWNERS", consistent_read=True)]


def _in_list(row: CampaignRow, counts: dict[str, int]) -> StatsInList:
    return StatsInList(id=row.id, status=row.status, recipients=counts["recipients"], **_told(counts))


def _told(counts: dict[str, int]) -> dict[str, int]:
    states = ("pending", "sent", "failed", "cancelled", "skipped", "unknown")
    return {"total_messages": runs.total(counts), **{f"{name}_messages": counts[name] for name in states}}

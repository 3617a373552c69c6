"""The security table: what has happened, and what somebody must look at.

pk             sk                               what
EVENT#<id>     EVENT                            an event; in index `by_place` under its day, type and severity, in
                                                `by_user` under who did it, in `by_owner` under whose device it is
ALERT#<id>     ALERT                            an alert that an event opened; in index `by_status` under its status, in
                                                `by_holder` under whose it is
AUDIT#<id>     AUDIT                            what staff did to an alert, on its way to the audit log
COUNTS#events  <day>#<type>#<severity>#<shard>  how many events there are in that place
COUNTS#alerts  #<shard>                         how many alerts are open, and how many resolved

The counts tell where a page of staff's list lies, so no other day is read for it; the list of anybody else is read from
his own part of two indexes. What may change of an event is in its row alone, which is found by the event's id.
"""

import json

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from kalit.kit.audit import AuditRow
from kalit.kit.counts import Counts
from kalit.kit.resources import Table
from kalit.kit.security_events import SecurityEvent
from kalit.kit.tables import Row, TableName

from .alerts import Alert, alert_of, holder
from .events import Event, Place


class ByPlace(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_place"
        projection = KeysOnlyProjection()

    place = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class ByUser(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_user"
        projection = IncludeProjection(["place"])

    user = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class ByOwner(GlobalSecondaryIndex["EventRow"]):
    class Meta:
        index_name = "by_owner"
        projection = IncludeProjection(["place"])

    owner = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class EventRow(Row):
    class Meta:
        table_name = TableName(Table.SECURITY)

    place = UnicodeAttribute()
    moment = UnicodeAttribute()  # <created_at>#<id>
    event_type = UnicodeAttribute()
    severity = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    device_name = UnicodeAttribute()
    ip_address = UnicodeAttribute()
    user_agent = UnicodeAttribute()
    description = UnicodeAttribute()
    metadata = UnicodeAttribute()  # JSON
    created_at = UnicodeAttribute()
    resolved = BooleanAttribute(default=False)
    resolved_at = UnicodeAttribute(null=True)
    by_place = ByPlace()
    by_user = ByUser()
    by_owner = ByOwner()

    @staticmethod
    def key(id: object) -> tuple[str, str]:
        return f"EVENT#{id}", "EVENT"

    @classmethod
    def of(cls, event: SecurityEvent) -> "EventRow":
        told = event.model_dump(mode="json", exclude={"id", "metadata"})
        row = cls(*cls.key(event.id), metadata=json.dumps(event.metadata, ensure_ascii=False), **told)
        row.place = Place(row.created_at[:10], row.event_type, row.severity).key
        row.moment = f"{row.created_at}#{event.id}"
        return row

    @property
    def id(self) -> str:
        return self.pk.removeprefix("EVENT#")

    @property
    def event(self) -> Event:
        """As it is shown."""
        told = {name: getattr(self, name) for name in _SHOWN}
        return Event(id=self.id, metadata=json.loads(self.metadata), **told)

    @property
    def told(self) -> SecurityEvent:
        """As it was told."""
        told = {name: getattr(self, name) for name in _TOLD}
        return SecurityEvent(id=self.id, metadata=json.loads(self.metadata), **told)


_SHOWN = set(Event.model_fields) - {"id", "metadata"}
_TOLD = set(SecurityEvent.model_fields) - {"id", "metadata"}


class EventCounts(Counts):
    """How many events lie in each place; a place is a bucket."""

    class Meta:
        table_name = TableName(Table.SECURITY)

    number = NumberAttribute(default=0)

    KEY = "COUNTS#events"


class ByStatus(GlobalSecondaryIndex["AlertRow"]):
    class Meta:
        index_name = "by_status"
        projection = IncludeProjection(["event"])

    status = UnicodeAttribute(hash_key=True)
    opened = UnicodeAttribute(range_key=True)


class ByHolder(GlobalSecondaryIndex["AlertRow"]):
    class Meta:
        index_name = "by_holder"
        projection = IncludeProjection(["status"])

    holder = UnicodeAttribute(hash_key=True)
    opened = UnicodeAttribute(range_key=True)


class AlertRow(Row):
    """None of its names is the key of an index of events: in their lists it has no place."""

    class Meta:
        table_name = TableName(Table.SECURITY)

    event = UnicodeAttribute()  # its id
    holder = UnicodeAttribute(null=True)
    opened = UnicodeAttribute()  # its event's moment
    device = UnicodeAttribute(null=True)
    device_name = UnicodeAttribute()
    alert_type = UnicodeAttribute()
    severity = UnicodeAttribute()
    status = UnicodeAttribute()
    description = UnicodeAttribute()
    notes = UnicodeAttribute()
    created_at = UnicodeAttribute()
    resolved_at = UnicodeAttribute(null=True)
    resolved_by = UnicodeAttribute(null=True)
    by_status = ByStatus()
    by_holder = ByHolder()

    @staticmethod
    def key(id: object) -> tuple[str, str]:
        return f"ALERT#{id}", "ALERT"

    @classmethod
    def of(cls, event: SecurityEvent) -> "AlertRow":
        """The row of the alert that an event opens."""
        told, whose = alert_of(event).model_dump(mode="json"), holder(event)
        row = cls(*cls.key(told.pop("id")), **told)
        row.holder, row.opened = str(whose) if whose else None, f"{row.created_at}#{row.event}"
        return row

    @property
    def id(self) -> str:
        return self.pk.removeprefix("ALERT#")

    @property
    def alert(self) -> Alert:
        return Alert.model_validate(self)


class AlertCounts(Counts):
    class Meta:
        table_name = TableName(Table.SECURITY)

    open = NumberAttribute(default=0)
    resolved = NumberAttribute(default=0)

    KEY = "COUNTS#alerts"


class AlertAudit(AuditRow):
    class Meta:
        table_name = TableName(Table.SECURITY)

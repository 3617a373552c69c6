"""A campaign tried dry: how many it would reach, when in each zone, and what it would cost."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema

from kalit.kit.fields import Input, Instant, Moment, Output

from .campaigns import Plan
from .planning import Window, planned
from .segments import segments
from .sending import LINK

Money = Annotated[Decimal, WithJsonSchema({"type": "string"})]
"""A sum as text, as all sums are written."""


class PreviewAsked(Input):
    """When the campaign is to be tried; left out, now."""

    at: Instant | None = Field(None, examples=["2030-01-01T05:00:00Z"])


class ZonePreview(Output):
    timezone: str = Field(examples=["Asia/Tashkent"])
    clients: int = Field(examples=[2])
    planned_send_at: Moment | None = Field(description="Null where no window is open before the campaign's end.")


class Text(Output):
    """What the text takes: networks carry 160 characters of their 7-bit alphabet in an SMS, or 70 of all others."""

    encoding: str = Field(examples=["GSM-7"])
    characters: int = Field(examples=[19])
    segments: int = Field(examples=[1])
    per_segment: int = Field(examples=[160])
    culprit: str | None = Field(description="The first character that made it UCS-2.", examples=["ў"])


class Preview(Output):
    at: Moment
    audience: int = Field(description="Clients who match now, opted out or not.", examples=[2])
    in_time: int = Field(description="Of them, those to whom it can be sent.", examples=[2])
    never: int = Field(description="Of them, those in whose zone no window is open in time.", examples=[0])
    first_at: Moment | None
    last_at: Moment | None = Field(description="When the last message is due.")
    zones: list[ZonePreview]
    text: Text
    segments: int = Field(description="SMS in all.", examples=[2])
    price_per_segment: Money = Field(examples=["0.0079"])
    cost: Money = Field(examples=["0.0158"])
    currency: str = Field("USD", examples=["USD"])


def tried(plan: Plan, audience: Mapping[str, int], link: str, price: Decimal, at: datetime) -> Preview:
    """The campaign as it would go if it began at that time.

    `audience` is zone -> how many clients; `link` stands for those by which they opt out, all of which are as long.
    """
    window = Window(plan.time_interval_start, plan.time_interval_end)
    when = {zone: planned(window, ZoneInfo(zone), plan.start_datetime, plan.end_datetime, at) for zone in audience}
    zones = [ZonePreview(timezone=zone, clients=audience[zone], planned_send_at=when[zone]) for zone in audience]
    zones.sort(key=lambda one: (one.planned_send_at is None, one.planned_send_at or at, one.timezone))
    times = [moment for moment in when.values() if moment]
    in_time = sum(number for zone, number in audience.items() if when[zone])
    text = segments(plan.text_message.replace(LINK, link))
    return Preview(
        at=at,
        audience=sum(audience.values()),
        in_time=in_time,
        never=sum(audience.values()) - in_time,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        zones=zones,
        text=Text(**text._asdict()),
        segments=in_time * text.segments,
        price_per_segment=price,
        cost=in_time * text.segments * price,
    )

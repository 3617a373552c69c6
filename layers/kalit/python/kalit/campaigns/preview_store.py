"""A campaign's dry run."""

import os
from datetime import datetime
from decimal import Decimal

from kalit.kit.caller import Caller
from kalit.kit.resources import Grant, Table

from . import audience_store, campaign_store, opt_outs, preview
from .preview import Preview

SHOW: tuple[Grant, ...] = (Table.CAMPAIGNS.get, *audience_store.COUNT)


def show(id: int, at: datetime, caller: Caller) -> Preview:
    """Raises `CampaignNotFound`. A read, and what counting the audience costs (`audience_store`)."""
    row = campaign_store.found(id, caller)
    plan = campaign_store.plan_of(row)
    price = Decimal(os.environ["SMS_PRICE"])
    link = opt_outs.link(row.origin, "A" * opt_outs.TOKEN_LETTERS)
    return preview.tried(plan, audience_store.by_zone(row.owner, plan.audience), link, price, at)

from uuid import UUID

from kalit.campaigns import client_store
from kalit.campaigns.clients import Client, NewClient
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post("/api/clients/", uses=client_store.CREATE, status=201, once=True)
def handler(body: NewClient, caller: Caller, key: UUID | None) -> Client:
    """Add a client to whom campaigns may write."""
    return client_store.create(body, caller, clock.now(), key)

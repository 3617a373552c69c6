from kalit.campaigns import client_store
from kalit.campaigns.clients import Client, ClientNotFound
from kalit.kit import api
from kalit.kit.caller import Caller


@api.get("/api/clients/{id}/", uses=client_store.READ, raises=[ClientNotFound])
def handler(id: int, caller: Caller) -> Client:
    """One of your clients."""
    return client_store.show(id, caller)

from kalit.campaigns import client_store
from kalit.campaigns.clients import Client, ClientNotFound, NewClient, told
from kalit.kit import api
from kalit.kit.caller import Caller


@api.put("/api/clients/{id}/", uses=client_store.CHANGE, raises=[ClientNotFound])
def handler(id: int, body: NewClient, caller: Caller) -> Client:
    """Write a client anew, with all its fields."""
    return client_store.change(id, told(body), caller)

from kalit.campaigns import client_store
from kalit.campaigns.clients import Client, ClientChange, ClientNotFound, told
from kalit.kit import api
from kalit.kit.caller import Caller


@api.patch("/api/clients/{id}/", uses=client_store.CHANGE, raises=[ClientNotFound])
def handler(id: int, body: ClientChange, caller: Caller) -> Client:
    """Change a client; what you leave out stays. Messages already planned go to the phone as it is when they leave."""
    return client_store.change(id, told(body), caller)

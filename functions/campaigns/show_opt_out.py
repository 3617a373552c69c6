from kalit.campaigns import opt_out_store
from kalit.campaigns.clients import ClientNotFound
from kalit.campaigns.opt_outs import OptOut
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.request import Request


@api.get("/api/clients/{id}/opt-out/", uses=opt_out_store.READ, raises=[ClientNotFound])
def handler(id: int, caller: Caller, request: Request) -> OptOut:
    """Whether a client wants no messages, and the link by which he may say so."""
    return opt_out_store.show(id, caller, request.origin)

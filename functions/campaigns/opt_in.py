from kalit.campaigns import opt_out_store
from kalit.campaigns.clients import ClientNotFound
from kalit.campaigns.opt_outs import OptedOutByPhone
from kalit.kit import api
from kalit.kit.api import Reply
from kalit.kit.caller import Caller


@api.delete(
    "/api/clients/{id}/opt-out/", uses=opt_out_store.START, raises=[ClientNotFound, OptedOutByPhone], status=204
)
def handler(id: int, caller: Caller) -> Reply:
    """Undo an opt-out that you noted. What somebody said himself is undone by himself, with START, or by staff."""
    opt_out_store.start_client(id, caller)
    return Reply("", status=204)

from kalit.campaigns import opt_out_store
from kalit.campaigns.clients import ClientNotFound
from kalit.campaigns.opt_outs import OptOut
from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.doors import Host
from kalit.kit.request import Request


@api.post("/api/clients/{id}/opt-out/", uses=opt_out_store.STOP, raises=[ClientNotFound], host=Host(timeout=25))
def handler(id: int, caller: Caller, request: Request) -> OptOut:
    """Note that a client wants no messages. It holds for his phone, whoever has him among his clients.

    When this is answered, nothing more is sent there. A message that just leaves is waited for, some seconds at most.
    """
    return opt_out_store.stop_client(id, caller, request.origin, clock.now())

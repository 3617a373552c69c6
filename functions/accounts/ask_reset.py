from kalit.accounts import reset_store
from kalit.accounts.resets import ASKED, ResetAsked, ResetRequest
from kalit.kit import api, clock
from kalit.kit.errors import Throttled
from kalit.kit.request import Request
from kalit.kit.v1 import Done


@api.post("/api/v1/auth/password-reset/", uses=reset_store.ASK, raises=[Throttled], status=202)
def handler(body: ResetRequest, request: Request) -> Done[ResetAsked]:
    """Ask for a link by e-mail or a code by SMS; the answer is the same whether there is such an account or not."""
    reset = reset_store.ask(body, request, clock.now())
    return Done(message=ASKED.say(request.language), data=ResetAsked(reset=reset))

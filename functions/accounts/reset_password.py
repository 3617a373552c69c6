from kalit.accounts import reset_store
from kalit.accounts.forms import DONE
from kalit.accounts.resets import Reset, ResetNotValid
from kalit.accounts.sessions import Client
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.request import Request
from kalit.kit.v1 import Said


@api.post(
    "/api/v1/auth/password-reset/confirm/",
    uses=reset_store.SET,
    raises=[ResetNotValid],
    host=Host(memory=1024),
)
def handler(body: Reset, request: Request) -> Said:
    """Set a new password with the link's token, or with the reset and its code; all sessions end."""
    reset_store.set_password(body, Client.of(request), clock.now())
    return Said(message=DONE.say(request.language))

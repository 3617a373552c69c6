from kalit.accounts import session_store, store
from kalit.accounts.directory import REGISTRATIONS, email_taken
from kalit.accounts.people import SignedIn, SignUp
from kalit.accounts.sessions import Client
from kalit.accounts.tokens import ROTATING
from kalit.kit import api, clock, limits
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid, Throttled
from kalit.kit.request import Request


@api.post(
    "/api/v1/auth/register/",
    uses=[*store.ADD, *limits.COUNT, *session_store.OPEN_ROTATING],
    raises=[Throttled],
    status=201,
    host=Host(memory=1024),
)
def handler(body: SignUp, request: Request) -> SignedIn:
    """Open an account with an e-mail, and log in."""
    at = clock.now()
    with limits.tries(REGISTRATIONS, request.address, at, failure=Invalid):
        row = store.add(body.email, body.password, at, taken=email_taken(), **body.about)
    tokens = session_store.begin(row, ROTATING, Client.of(request), at)
    return SignedIn.of("User registered successfully", row.account, tokens)

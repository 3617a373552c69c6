from kalit.accounts import session_store
from kalit.accounts.tokens import RefreshNotValid, RefreshToken, Tokens
from kalit.kit import api, clock


@api.post("/api/v1/auth/token/refresh/", uses=session_store.ROTATE, raises=[RefreshNotValid])
def handler(body: RefreshToken) -> Tokens:
    """A new access token, and the refresh token that takes the place of the one given."""
    return session_store.rotate(body.refresh, clock.now())

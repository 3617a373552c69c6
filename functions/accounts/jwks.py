from typing import Any

from kalit.accounts import key_store
from kalit.kit import api
from kalit.kit.api import Reply


@api.get("/.well-known/jwks.json", uses=key_store.PUBLIC)
def handler() -> Reply:
    """The public keys that tokens are signed with (RFC 7517)."""
    keys: dict[str, Any] = {"keys": list(key_store.public_keys().values())}
    return Reply(keys, headers={"Cache-Control": "public, max-age=300"})

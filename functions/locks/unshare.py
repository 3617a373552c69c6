from uuid import UUID

from kalit.kit import api
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.locks import share_store
from kalit.locks.sharing import OwnerOnly, ShareNotFound


@api.delete("/api/v1/devices/sharing/{id}/", uses=share_store.END, raises=[ShareNotFound, OwnerOnly], status=204)
def handler(id: UUID, caller: Caller) -> Reply:
    """Share a lock no more: from now on it opens nothing."""
    share_store.end(id, caller)
    return Reply("", status=204)

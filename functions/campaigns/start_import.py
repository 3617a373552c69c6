from uuid import UUID

from kalit.campaigns import import_store
from kalit.campaigns.imports import AlreadyStarted, Import, ImportNotFound, NothingUploaded
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post(
    "/api/clients/imports/{id}/start/",
    uses=import_store.START,
    raises=[ImportNotFound, NothingUploaded, AlreadyStarted],
    status=202,
)
def handler(id: UUID, caller: Caller) -> Import:
    """Start an import whose file was uploaded.

    The whole file is checked first: if anything is wrong with it, no client is made. Lines whose phone an earlier line
    or one of your clients has already are left out, and told as duplicates.
    """
    return import_store.start(id, caller, clock.now())

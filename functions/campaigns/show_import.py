from uuid import UUID

from kalit.campaigns import import_store
from kalit.campaigns.imports import ImportDetails, ImportNotFound
from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.request import Request


@api.get("/api/clients/imports/{id}/", uses=import_store.READ, raises=[ImportNotFound])
def handler(id: UUID, caller: Caller, request: Request) -> ImportDetails:
    """How far an import is, and what was wrong with which line of its file."""
    return import_store.show(id, caller, request.language)

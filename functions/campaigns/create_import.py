from kalit.campaigns import import_store
from kalit.campaigns.imports import NewImport
from kalit.kit import api, clock
from kalit.kit.caller import Caller


@api.post("/api/clients/imports/", uses=import_store.CREATE, status=201)
def handler(caller: Caller) -> NewImport:
    """Begin an import of clients: where to upload the file, CSV in UTF-8, up to 100,000 lines and 20 MB.

    Send the file to `upload.url` as multipart/form-data: first all of `upload.fields`, then the file itself as `file`.
    Then start the import, and ask how it goes.
    """
    return import_store.create(caller, clock.now())

from kalit.accounts import export_store
from kalit.accounts.managers import ExportQuery, File
from kalit.accounts.one_time import NoManager
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.doors import Host
from kalit.kit.request import Request


@api.get(
    "/api/manager/export/",
    also=[("GET", "/api/users/managers/export/")],
    uses=export_store.EXPORT,
    raises=[NoManager],
    host=Host(memory=1024, timeout=29),
)
def handler(query: ExportQuery, caller: Admin, request: Request) -> File:
    """The managers as CSV, with those one-time passwords that were not used.

    Above 5 MB the answer is JSON instead: `url`, a link to the file that holds for five minutes, `size` and
    `expires_at`.
    """
    return export_store.export(query, caller, request.origin, clock.now())

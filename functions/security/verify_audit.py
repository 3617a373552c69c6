from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.v1 import Given
from kalit.security import audit_store
from kalit.security.chain import Report, Verification


@api.get("/api/v1/security/audit-logs/verify/", uses=audit_store.VERIFY)
def handler(query: Verification, caller: Admin) -> Given[Report]:
    """Whether the audit log is as it was written, or what was done to it.

    Each answer is about a part of some thousand entries: `next` says where the next part begins, to be asked for as
    `?after=`, and is null at the end. The head of the chain is checked with the last part.
    """
    return Given(data=audit_store.verify(query.after))

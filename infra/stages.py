"""The stages and all in which they differ, one row each."""

import platform
from dataclasses import dataclass
from typing import Literal

from kalit.providers.outcomes import SANDBOX


@dataclass(frozen=True)
class Stage:
    """One installation of the product."""

    name: str
    production: bool = False  # keep the data whatever happens to the stacks: RETAIN, deletion protection
    sandbox: bool = False  # movable clock; no edge in front but the local gateway
    log_days: int = 30
    requests_per_second: int = 500
    burst: int = 1000
    origins: tuple[str, ...] = ()  # of browsers' apps (CORS)
    architecture: Literal["arm64", "x86_64"] = "arm64"
    # Who e-mail and SMS are sent as: an address of a domain verified in SES, an origination identity's ARN of End User
    # Messaging; `sandbox` sends nothing and keeps all in outboxes.
    email_from: str = SANDBOX
    sms_origin: str = SANDBOX

    @property
    def edge_secret(self) -> str:
        """The secret (Secrets Manager) by which the API knows its own edge."""
        return f"{self.name}-edge-secret"

    @property
    def outboxes(self) -> bool:
        """Whether nothing reaches people, and the doors that show the outboxes are there."""
        return self.email_from == self.sms_origin == SANDBOX

    @property
    def edge_digest(self) -> str:
        """The parameter (SSM) with that secret's SHA-256, for the doors; whoever deploys writes it."""
        return f"/kalit/{self.name}/edge-secret-sha256"


def _here() -> Literal["arm64", "x86_64"]:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            "local",
            sandbox=True,
            log_days=1,
            origins=("http://localhost:3000", "http://localhost:8080"),
            architecture=_here(),
        ),
        Stage("dev", origins=("http://localhost:3000", "http://localhost:8080")),
        Stage("prod", production=True, log_days=180),
    )
}

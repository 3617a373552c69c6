"""The stages and all in which they differ, one row each."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kalit.kit.resources import Secret
from kalit.providers.outcomes import SANDBOX

SANDBOX_INBOUND = "inbound_sandbox"  # the secret of people's answers on a laptop, where they are nobody's


@dataclass(frozen=True)
class Stage:
    """One installation of the product."""

    name: str
    production: bool = False  # keep the data whatever happens to the stacks: RETAIN, deletion protection
    sandbox: bool = False  # movable clock; no edge in front but the local gateway
    eager: bool = False  # ticks come as often as somebody would like who waits for them
    log_days: int = 30
    requests_per_second: int = 500
    burst: int = 1000
    origins: tuple[str, ...] = ()  # of browsers' apps (CORS)
    architecture: Literal["arm64", "x86_64"] = "arm64"
    # Who e-mail and SMS are sent as: an address of a domain verified in SES, an origination identity's ARN of End User
    # Messaging; `sandbox` sends nothing and keeps all in outboxes.
    email_from: str = SANDBOX
    sms_origin: str = SANDBOX
    sms_price: str = "0.0079"  # dollars for one SMS, as previews of campaigns reckon
    sms_rate: int = 100  # SMS a second that campaigns may hand to the provider
    # SHA-256 of the secret that the provider of people's answers shows; where there is none, nobody is heard.
    inbound_digest: str = ""
    domain: str = ""  # of our own, with the ARN of its certificate (ACM, us-east-1)
    certificate: str = ""
    web_acl: bool = False  # turn away addresses that ask too often, for 6 $ a month
    account: str = ""  # the only one that this stage may be deployed to
    alarm_email: str = ""  # whom the alarms write to

    def __post_init__(self) -> None:
        if bool(self.domain) != bool(self.certificate):
            raise ValueError(f"Stage {self.name}: a domain needs its certificate, and a certificate its domain.")

    @property
    def edge_secret(self) -> str:
        """The secret (Secrets Manager) by which the API knows its own edge."""
        return f"{self.name}-edge-secret"

    @property
    def payment_keys(self) -> str:
        """The secret (Secrets Manager) with the payment provider's keys; they say whether it is Stripe or a sandbox."""
        return f"{self.name}-{Secret.PAYMENTS.value}"

    @property
    def outboxes(self) -> bool:
        """Whether nothing reaches people, and the doors that show the outboxes are there."""
        return self.email_from == self.sms_origin == SANDBOX

    @property
    def edge_digest(self) -> str:
        """The parameter (SSM) with that secret's SHA-256, for the doors; whoever deploys writes it."""
        return f"/kalit/{self.name}/edge-secret-sha256"

    @property
    def mqtt(self) -> str:
        """The parameter (SSM) with where locks connect to, as JSON, for the doors; whoever deploys writes it."""
        return f"/kalit/{self.name}/mqtt"

    @property
    def web_acl_parameter(self) -> str:
        """The parameter (SSM) with the web ACL's ARN, for the edge; whoever deploys writes it."""
        return f"/kalit/{self.name}/web-acl"

    @property
    def access_log(self) -> str:
        """The log group of the API's requests."""
        return f"/aws/apigateway/{self.name}-kalit"

    @property
    def dashboard(self) -> str:
        """The dashboard over all domains; a domain's own is named after it."""
        return f"{self.name}-kalit"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _here() -> Literal["arm64", "x86_64"]:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            "local",
            sandbox=True,
            eager=True,
            log_days=1,
            origins=("http://localhost:3000", "http://localhost:8080"),
            architecture=_here(),
            inbound_digest=digest(SANDBOX_INBOUND),
        ),
        Stage("dev", eager=True, origins=("http://localhost:3000", "http://localhost:8080")),
        Stage("prod", production=True, log_days=180, web_acl=True),
    )
}


def chosen(name: str, env: Mapping[str, str]) -> Stage:
    """A stage's row, with what whoever deploys sets otherwise; on a laptop nothing reaches people, whatever is set."""
    row = STAGES[name]
    if row.sandbox:
        return row
    return replace(
        row,
        account=env.get("KALIT_ACCOUNT") or row.account,
        alarm_email=env.get("KALIT_ALARM_EMAIL") or row.alarm_email,
        email_from=env.get("KALIT_EMAIL_FROM") or row.email_from,
        sms_origin=env.get("KALIT_SMS_ORIGIN") or row.sms_origin,
        inbound_digest=digest(inbound) if (inbound := env.get("KALIT_INBOUND_SECRET")) else row.inbound_digest,
        sms_price=env.get("KALIT_SMS_PRICE") or row.sms_price,
        sms_rate=int(env.get("KALIT_SMS_RATE") or row.sms_rate),
    )

"""Somebody who imports clients, and the machine that works on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kalit.kit.resources import Bucket, Table
from tests.cloud import Answer, Cloud

HEADER = "phone_number,mobile_operator_code,tag,timezone"
ALI = "+998 90 123-45-67,90,vip,Asia/Tashkent"


def rows(number: int) -> list[str]:
    """As many lines, each with a phone of its own."""
    return [f"+998 90 {line:07},90,{'vip' if line % 3 else 'new'},Asia/Tashkent" for line in range(number)]


@dataclass(frozen=True)
class Importer:
    """An account by its access token."""

    aws: Cloud
    token: str

    def create(self) -> dict[str, Any]:
        answer = self.aws.http("campaigns.create_import", token=self.token)
        assert answer.status == 201, answer.text
        told: dict[str, Any] = answer.json
        return told

    def upload(self, id: str, lines: Sequence[str] | bytes) -> None:
        """As the form that came with the import does."""
        content = lines if isinstance(lines, bytes) else "\n".join([HEADER, *lines]).encode()
        self.aws.client("s3").put_object(Bucket=self.aws.ids[Bucket.IMPORTS], Key=f"{id}/clients.csv", Body=content)

    def start(self, id: str) -> Answer:
        return self.aws.http("campaigns.start_import", token=self.token, id=id)

    def begun(self, lines: Sequence[str] | bytes) -> str:
        """The id of an import that was started."""
        id: str = self.create()["id"]
        self.upload(id, lines)
        assert self.start(id).status == 202
        return id

    def check(self, id: str) -> list[int]:
        """The machine's first step: the pages that it is to make."""
        pages: list[int] = self.aws.call("campaigns.check_import", {"id": id})["pages"]
        return pages

    def make(self, id: str, page: int = 0) -> None:
        self.aws.call("campaigns.make_clients", {"id": id, "page": page})

    def run(self, lines: Sequence[str] | bytes) -> dict[str, Any]:
        """An import from beginning to end; how it is shown."""
        id = self.begun(lines)
        for page in self.check(id):
            self.make(id, page)
        return self.show(id)

    def show(self, id: str, language: str = "") -> dict[str, Any]:
        answer = self.aws.http("campaigns.show_import", token=self.token, headers={"accept-language": language}, id=id)
        assert answer.status == 200, answer.text
        told: dict[str, Any] = answer.json
        return told

    def clients(self) -> Any:
        """The first page of clients, and their count."""
        return self.aws.http("campaigns.list_clients", token=self.token).json

    def kept(self) -> dict[str, int]:
        """How many rows of each kind clients have; and what is counted of them."""
        found = self.aws.rows(Table.CAMPAIGNS)
        return {
            "clients": sum(row["sk"] == "CLIENT" for row in found),
            "places": sum(row["pk"].startswith("CLIENTS#") for row in found),
            "members": sum(row["sk"].startswith("MEMBER#") for row in found),
            "phones": sum(len(row.get("clients", ())) for row in found if row["pk"].startswith("PHONE#")),
            "counted": sum(int(row["all"]) for row in found if row["pk"].startswith("COUNTS#CLIENTS#")),
            "by zone": sum(int(row["clients"]) for row in found if row["sk"].startswith("COUNT#")),
        }


def whole(number: int) -> dict[str, int]:
    """What is kept of so many clients, if each of them is there as a whole, and once."""
    twice = ("places", "counted")  # of the owner, and of all
    return {
        name: number * (1 + (name in twice))
        for name in ("clients", "places", "members", "phones", "counted", "by zone")
    }

"""A market: staff who put goods on its shelves, people who buy, strangers; and what streams do behind the doors."""

import json
from dataclasses import dataclass, field
from typing import Any

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud

from ..rows import Once, once, put
from ..world import Clock, quick_passwords

ROLES = {"ali": "user", "vali": "user", "manager": "manager", "boss": "admin"}
CART = "5b0e4f9e-6a35-4cb5-9b66-0a54cf0d1a11"
BUYER = {
    "full_name": "Ali Valiyev",
    "address": "Toshkent, Amir Temur 1",
    "phone": "+998901234567",
    "email": "ali@example.com",
}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}


@dataclass
class Market:
    """People by their names, with the tokens that they carry; `""` is nobody in particular."""

    aws: Cloud
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # name -> the account's UUID

    def ask(self, door: str, body: Any = None, *, by: str = "", key: str = "", cart: str = "", **told: Any) -> Answer:
        """A door of the shop, by its name in full; `cart` is sent as X-Cart-Id."""
        headers = {"idempotency-key": key} if key else {}
        headers |= {"x-cart-id": cart} if cart else {}
        return self.aws.http(
            door, body, token=self.tokens.get(by, ""), headers=headers | told.pop("headers", {}), **told
        )

    def staff(self, verb: str, body: Any = None, by: str = "manager", **told: Any) -> Answer:
        """A door of the catalogue, by a member of staff."""
        return self.ask(f"catalog.{verb}", body, by=by, **told)

    def made(self, verb: str, body: Any) -> Any:
        """What a door of staff's makes of this."""
        answer = self.staff(f"create_{verb}", body)
        assert answer.status == 201, answer.text
        return answer.json

    # Goods

    def category(self, name: str = "Smart locks", **told: Any) -> int:
        id: int = self.made("category", {"name": name, **told})["id"]
        return id

    def value(self, attribute: str = "Color", value: str = "Black") -> int:
        made = self.made("attribute", {"name": attribute})
        id: int = self.made("value", {"attribute": made["id"], "value": value})["id"]
        return id

    def product(self, name: str = "Kalit One", category: int = 0, **told: Any) -> int:
        body = {"name": name, "category": category or self.category(f"Shelf {len(self.rows('SLUG#')) + 1}"), **told}
        id: int = self.made("product", body)["id"]
        return id

    def variant(self, product: int = 0, price: str = "129.99", stock: int = 10, **told: Any) -> int:
        """A variant, of a product of its own where none is named."""
        number = len(self.rows("SKU#")) + 1
        told = {"sku": f"SKU-{number}", **told}
        id: int = self.made("variant", {"product": product or self.product(), "price": price, "stock": stock, **told})[
            "id"
        ]
        return id

    def products(self, by: str = "", **query: Any) -> list[str]:
        """The names of the products on a page."""
        answer = self.ask("catalog.list_products", by=by, query=query)
        assert answer.status == 200, answer.text
        return [product["name"] for product in answer.json["results"]]

    def stock(self, variant: int) -> tuple[int, int, int]:
        """What is available, reserved and sold of a variant."""
        [row] = self.rows(f"VARIANT#{variant} VARIANT")
        return int(row["available"]), int(row["reserved"]), int(row["sold"])

    # Buying

    def add(self, variant: int, quantity: int = 1, *, by: str = "", cart: str = CART, **told: Any) -> Answer:
        """Put some of a variant into a cart: of whom, or of which id."""
        body = {"variant_id": variant, "quantity": quantity}
        return self.ask("shop.add_to_cart", body, by=by, cart="" if by else cart, **told)

    def cart(self, *, by: str = "", cart: str = CART) -> dict[int, int]:
        """Variant -> quantity of what a cart shows."""
        told = self.ask("shop.show_cart", by=by, cart="" if by else cart)
        assert told.status == 200, told.text
        return {line["variant_id"]: line["quantity"] for line in told.json["items"]}

    def check_out(self, *, by: str = "", cart: str = CART, key: str = "", **told: Any) -> Answer:
        return self.ask("shop.checkout", {**BUYER, **told}, by=by, cart="" if by else cart, key=key)

    def order(self, variant: int = 0, quantity: int = 1, *, by: str = "", cart: str = CART) -> int:
        """The id of a new order of a variant, of one of its own where none is named."""
        assert self.add(variant or self.variant(), quantity, by=by, cart=cart).status == 200
        answer = self.check_out(by=by, cart=cart)
        assert answer.status == 201, answer.text
        id: int = answer.json["order_id"]
        return id

    def review(self, product: int, rating: int, by: str = "ali") -> Any:
        """What somebody thinks of a product."""
        body = {"product": product, "rating": rating, "comment": "Opens."}
        answer = self.ask("shop.create_review", body, by=by)
        assert answer.status == 201, answer.text
        return answer.json

    def rated(self, product: int) -> tuple[float | None, int]:
        """A product's average and the number of its reviews."""
        told = self.ask("catalog.show_product", id=product).json
        return told["average_rating"], told["reviews_count"]

    def staff_order(self, order: int, **told: str) -> Any:
        """What becomes of an order when staff change it."""
        answer = self.ask("shop.update_order", told, by="manager", id=order)
        assert answer.status == 200, answer.text
        return answer.json

    def status(self, order: int) -> str:
        return str(self.kept(order)["status"])

    def kept(self, order: int) -> dict[str, Any]:
        """An order's row."""
        [row] = self.rows(f"ORDER#{order} ORDER")
        return row

    def moves(self, variant: int) -> list[tuple[int, str, int | None]]:
        """What moved a variant's stock."""
        told = [json.loads(row["told"]) for row in self.rows(f"VARIANT#{variant} MOVE#")]
        return sorted(((each["delta"], each["cause"], each["order"]) for each in told), key=str)

    def expire(self, order: int) -> Any:
        """What the machine does when it is time."""
        return self.aws.call("shop.expire", {"id": order, "next": {"at": self.clock.now.isoformat(), "done": False}})

    def follow(self) -> None:
        """Let the stream bring what asks for something, until nothing does."""
        while asking := [row for row in self.rows() if "outbox" in row]:
            self.aws.stream("shop.dispatch", *asking)

    def newcomers(self, number: int) -> list[str]:
        """The names of so many people more."""
        names = [f"newcomer-{each}" for each in range(number)]
        with quick_passwords():
            self.tokens |= {name: self.aws.register(name) for name in names}
        return names

    # What is kept

    def rows(self, prefix: str = "") -> list[dict[str, Any]]:
        return self.aws.rows(Table.SHOP, prefix)

    @property
    def acts(self) -> list[str]:
        """What was told to the audit log, by the alphabet."""
        return sorted(json.loads(row["entry"])["action"] for row in self.rows("AUDIT#"))


def opened(aws: Cloud, clock: Clock, come: Once[Market]) -> Market:
    """A market to which all have come, with nothing on its shelves; so once in a package."""
    whole = once(come, lambda: _come(Market(aws, clock)))
    return Market(aws, clock, dict(whole.tokens), dict(whole.people))


def _come(market: Market) -> Market:
    with quick_passwords():
        for name, role in ROLES.items():
            market.tokens[name] = market.aws.register(name)
            rows = market.aws.rows(Table.ACCOUNTS, "ACCOUNT#")
            [row] = [row for row in rows if row.get("username") == name]
            market.people[name] = row["pk"].removeprefix("ACCOUNT#")
            put(market.aws, Table.ACCOUNTS, {**row, "role": role})
    return market

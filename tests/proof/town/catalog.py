"""The doors of the catalogue: staff keep it, everybody sees it."""

import base64
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from .town import Town
from .uploads import upload
from .visits import Asked, founder, visit

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PICTURE = {"content_type": "image/png", "size": len(PNG)}


@founder
def goods(town: Town) -> dict[str, Any]:
    """A product of which there is plenty."""
    shelf = made(town, "category", new_category(town))
    product = made(town, "product", {"category": shelf, "name": "Kalit One"})
    told = {"product": product, "sku": town.name("SKU"), "price": "129.99", "stock": 1_000_000}
    color = made(town, "attribute", new_attribute(town))
    return {"category": shelf, "product": product, "variant": made(town, "variant", told), "attribute": color}


def made(town: Town, kind: str, told: Asked) -> int:
    """The id of something that staff have put into the catalogue."""
    return int(town.ask(f"catalog.create_{kind}", told, by="manager")["id"])


def new_category(town: Town) -> Asked:
    return {"name": town.name("Shelf")}


def new_product(town: Town) -> Asked:
    return {"name": town.name("Kalit"), "category": town.things["category"]}


def new_variant(town: Town) -> Asked:
    """Of a product of its own: one may have forty at most."""
    return {"product": product(town), "sku": town.name("SKU"), "price": "9.99", "stock": 5}


def new_attribute(town: Town) -> Asked:
    return {"name": town.name("Color")}


def new_value(town: Town) -> Asked:
    return {"attribute": town.things["attribute"], "value": town.name("Black")}


def product(town: Town) -> int:
    return made(town, "product", new_product(town))


def variant(town: Town) -> int:
    return made(town, "variant", new_variant(town))


class Kind(NamedTuple):
    """What staff keep: how it is told, listed and shown, what of it is changed, whether there may be two the same."""

    new: Callable[[Town], Asked]
    list: str
    show: str
    change: Asked
    twice: bool = True


KINDS = {
    "category": Kind(new_category, "list_admin_categories", "show_admin_category", {"name": "Locks"}, twice=False),
    "product": Kind(new_product, "list_admin_products", "show_admin_product", {"name": "Kalit Two"}),
    "variant": Kind(new_variant, "list_variants", "show_variant", {"price": "7.50", "stock": 9}, twice=False),
    "attribute": Kind(new_attribute, "list_attributes", "show_attribute", {"name": "Size"}),
    "value": Kind(new_value, "list_values", "show_value", {"value": "White"}),
}


def create(town: Town, kind: str) -> Asked:
    return {"body": KINDS[kind].new(town)}


def one(town: Town, kind: str, **told: Any) -> Asked:
    return {"id": made(town, kind, KINDS[kind].new(town)), **told}


def many(town: Town) -> Asked:
    return {}


for kind, row in KINDS.items():
    visit(f"catalog.{row.list}", by="manager")(many)
    visit(f"catalog.{row.show}", by="manager")(partial(one, kind=kind))
    visit(f"catalog.create_{kind}", by="manager", again=() if row.twice else {400}, anew=row.twice)(
        partial(create, kind=kind)
    )
    visit(f"catalog.update_{kind}", by="manager")(partial(one, kind=kind, body=row.change))
    visit(f"catalog.delete_{kind}", by="manager", again={404})(partial(one, kind=kind))


@visit("catalog.change_stock", by="manager", anew=True)
def change_stock(town: Town) -> Asked:
    return {"id": variant(town), "body": {"delta": 7, "cause": "Delivery"}}


@visit("catalog.list_movements", by="manager")
def list_movements(town: Town) -> Asked:
    return {"id": variant(town)}


@visit("catalog.ask_upload", by="manager", anew=True)
def ask_upload(town: Town) -> Asked:
    return {"id": product(town), "body": PICTURE}


@visit("catalog.set_image", by="manager")
def set_image(town: Town) -> Asked:
    id = product(town)
    form = town.ask("catalog.ask_upload", PICTURE, by="manager", id=id)
    upload(form, PNG)
    return {"id": id, "body": {"image": form["image"]}}


@visit("catalog.remove_image", by="manager")
def remove_image(town: Town) -> Asked:
    told = set_image(town)
    town.ask("catalog.set_image", by="manager", **told)
    return {"id": told["id"]}


@visit("catalog.list_categories", by="guest")
def list_categories(town: Town) -> Asked:
    return {}


@visit("catalog.show_category", by="guest")
def show_category(town: Town) -> Asked:
    return {"id": town.things["category"]}


@visit("catalog.list_products", by="guest")
def list_products(town: Town) -> Asked:
    return {"query": {"search": "Kalit"}}


@visit("catalog.show_product", by="guest")
def show_product(town: Town) -> Asked:
    return {"id": town.things["product"]}

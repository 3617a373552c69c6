from ..shop.market import Market


def test_they_come_by_age(market: Market) -> None:
    category = market.category()
    for number in range(1, 13):
        market.product(f"Lock {number}", category)
    told = market.staff("list_admin_products", query={"page": 2}).json
    assert (told["count"], [product["id"] for product in told["results"]]) == (12, [11, 12])
    assert market.staff("list_admin_products", query={"page": "last"}).json == told

from .market import Market


def test_the_newest_come_first_all_or_of_one_product(market: Market) -> None:
    one, two = market.product("One"), market.product("Two")
    for product, by in ((one, "ali"), (two, "ali"), (one, "vali")):
        market.clock.move(seconds=1)
        market.review(product, 5, by=by)
    told = market.ask("shop.list_reviews").json
    assert (told["count"], [review["id"] for review in told["results"]]) == (3, [3, 2, 1])
    told = market.ask("shop.list_reviews", query={"product": one}).json
    assert (told["count"], [review["id"] for review in told["results"]]) == (2, [3, 1])
    assert market.ask("shop.list_reviews", query={"product": one, "page": "last"}).json == told
    assert market.ask("shop.list_reviews", query={"product": 99}).json["results"] == []
    assert market.ask("shop.list_reviews", query={"product": "one"}).status == 400
    assert market.ask("shop.list_reviews", query={"page": 2}).status == 404


def test_a_page_has_ten(market: Market) -> None:
    for number in range(12):
        market.clock.move(seconds=1)
        market.review(market.product(f"Lock {number}"), 5)
    told = market.ask("shop.list_reviews", query={"page": 2}).json
    assert [review["id"] for review in told["results"]] == [2, 1]
    assert market.ask("shop.list_reviews").json["count"] == 12

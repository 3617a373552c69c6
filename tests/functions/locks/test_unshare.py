import pytest

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, upset
from .yard import OWNER_ONLY, Yard

NOT_THERE = {"success": False, "error": {"message": "Share not found.", "code": 404}}


def test_a_share_ends(yard: Yard) -> None:
    answer = yard.ask("unshare", id=yard.shares["member"])
    assert (answer.status, answer.text) == (204, "")
    assert yard.ask("show", by="member").status == 403
    assert yard.data("list", by="member") == []
    assert len(yard.rows("SHARE#")) == 3
    assert len(yard.rows(f"ACCOUNT#{yard.people['member']}")) == 0


@pytest.mark.parametrize("by", ["admin", "member", "stranger", "boss"])
def test_nobody_but_the_owner_ends_it(yard: Yard, by: str) -> None:
    with unchanged(yard.aws):
        answer = yard.ask("unshare", id=yard.shares["member"], by=by)
    assert (answer.status, answer.json) == (403, OWNER_ONLY)


@pytest.mark.parametrize("id", ["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "7"])
def test_a_share_that_never_was_is_not_found(yard: Yard, id: str) -> None:
    with unchanged(yard.aws):
        assert yard.ask("unshare", id=id).status == 404


def test_ending_it_twice_finds_nothing(yard: Yard) -> None:
    yard.ask("unshare", id=yard.shares["member"])
    with unchanged(yard.aws):
        assert yard.ask("unshare", id=yard.shares["member"]).json == NOT_THERE


def test_a_share_of_a_deleted_lock_is_gone(yard: Yard) -> None:
    yard.ask("delete")
    assert yard.ask("unshare", id=yard.shares["member"]).json == NOT_THERE


def test_of_many_at_once_one_ends_it(yard: Yard) -> None:
    answers = at_once([lambda: yard.ask("unshare", id=yard.shares["member"])] * 5)
    assert sorted(answer.status for answer in answers) == [204] + [404] * 4


def test_he_may_be_shared_with_anew(yard: Yard) -> None:
    yard.ask("unshare", id=yard.shares["member"])
    assert yard.ask("share", {"email": "member@example.com", "role": "VIEWER"}).status == 201
    assert yard.ask("unshare", id=yard.shares["member"]).status == 404
    assert yard.ask("show", by="member").status == 200


def test_who_dies_has_ended_it_or_not(yard: Yard) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("unshare", id=yard.shares["member"])
    assert yard.ask("unlock", {}, by="member").status == 403
    assert yard.ask("unshare", id=yard.shares["member"]).json == NOT_THERE


def test_a_share_that_ran_out_can_be_ended(yard: Yard) -> None:
    assert yard.ask("unshare", id=yard.shares["former"]).status == 204

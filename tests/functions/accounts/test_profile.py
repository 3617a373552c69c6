from tests.cloud import Cloud

from .app import App


def test_the_profile_is_what_was_told_at_the_door(app: App) -> None:
    answer = app.call("accounts.profile")
    assert answer.status == 200
    assert answer.json == {"success": True, "data": answer.json["data"]}
    user = answer.json["data"]
    assert (user["email"], user["full_name"], user["phone"]) == (app.email, "Ali Valiyev", "+998 90 123-45-67")
    assert app.row["pk"] == f"ACCOUNT#{user['id']}"


def test_nothing_of_the_password_is_shown(app: App) -> None:
    assert "password" not in app.call("accounts.profile").text
    assert "argon2" not in app.call("accounts.profile").text


def test_an_account_without_an_email_has_a_profile_too(aws: Cloud) -> None:
    answer = aws.http("accounts.profile", token=aws.register())
    assert (answer.json["data"]["email"], answer.json["data"]["full_name"]) == ("", "")

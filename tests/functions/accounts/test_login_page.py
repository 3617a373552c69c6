import pytest

from tests.cloud import Cloud


@pytest.mark.parametrize(
    ("language", "title"), [("", "Your first login"), ("uz", "Birinchi kirish"), ("ru", "Первый вход")]
)
def test_the_page_asks_for_the_name_the_password_and_a_new_one_twice(aws: Cloud, language: str, title: str) -> None:
    answer = aws.http("accounts.login_page", headers={"accept-language": language})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"<title>{title}</title>" in answer.text
    assert answer.text.count('type="password"') == 3
    assert answer.text.count('type="text"') == 1
    assert "<script" not in answer.text

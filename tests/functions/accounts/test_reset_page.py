import pytest

from tests.cloud import Cloud


@pytest.mark.parametrize(
    ("language", "title"), [("", "Your new password"), ("uz", "Yangi parol"), ("ru", "Новый пароль")]
)
def test_the_page_asks_for_a_new_password_twice(aws: Cloud, language: str, title: str) -> None:
    answer = aws.http("accounts.reset_page", headers={"accept-language": language}, link="x.y")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"<title>{title}</title>" in answer.text
    assert answer.text.count('type="password"') == 2


def test_the_page_needs_no_script_and_tells_nobody_its_address(aws: Cloud) -> None:
    answer = aws.http("accounts.reset_page", link="x.y")
    headers = answer.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert '<meta name="referrer" content="no-referrer">' in answer.text
    assert headers["Cache-Control"] == "no-store"

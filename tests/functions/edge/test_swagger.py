import re

import pytest

from infra import static
from tests.cloud import Answer, Cloud

PAGES = ["edge.swagger", "edge.redoc"]
at_both = pytest.mark.parametrize("name", PAGES)


def linked(answer: Answer) -> list[str]:
    """The addresses that a page names."""
    return re.findall(r'(?:src|href)="([^"]*)"', answer.text)


@at_both
def test_it_is_a_page(aws: Cloud, name: str) -> None:
    answer = aws.http(name)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!doctype html>")
    assert '<main id="docs">' in answer.text


@at_both
def test_all_that_it_loads_is_among_the_static_files_of_its_version(aws: Cloud, name: str) -> None:
    served = static.files()
    addresses = {f"/{static.folder(served)}{file}" for file in served}
    assert addresses >= set(linked(aws.http(name)))


@at_both
def test_its_policy_lets_in_nothing_but_our_own(aws: Cloud, name: str) -> None:
    text = aws.http(name).headers["Content-Security-Policy"]
    policy = dict(directive.split(" ", 1) for directive in text.split("; "))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["connect-src"]) == ("'self'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert "http" not in text
    assert "unsafe-eval" not in text


@at_both
def test_no_script_stands_in_the_page_itself(aws: Cloud, name: str) -> None:
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", aws.http(name).text)
    assert scripts
    assert all("src=" in attributes and not text for attributes, text in scripts)

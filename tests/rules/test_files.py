"""Links and forms for files: signed here, for S3 alone to look at."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kalit.kit import aws, files
from kalit.kit.resources import Bucket


@pytest.fixture
def _frankfurt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv(Bucket.IMPORTS.variable, "prod-imports")
    for known in (aws.client, aws._session):
        known.cache_clear()
    yield
    for known in (aws.client, aws._session):
        known.cache_clear()


@pytest.mark.usefixtures("_frankfurt")
def test_a_form_names_its_region_for_others_do_not_know_a_new_bucket() -> None:
    form = files.take_in(Bucket.IMPORTS, "a/clients.csv", "text/csv", 1_000, timedelta(minutes=1))
    assert form["url"] == "https://prod-imports.s3.eu-central-1.amazonaws.com/"
    assert "/eu-central-1/s3/aws4_request" in form["fields"]["x-amz-credential"]


@pytest.mark.usefixtures("_frankfurt")
def test_on_a_laptop_a_form_goes_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    form = files.take_in(Bucket.IMPORTS, "a/clients.csv", "text/csv", 1_000, timedelta(minutes=1))
    assert form["url"] == "http://127.0.0.1:4566/prod-imports"

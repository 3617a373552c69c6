"""Static files: what is served, under which names, and that it is put there once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra import static
from infra.stages import STAGES
from tests.infra.conftest import Templates

BUCKET = "files"


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def test_the_files_are_put_there_once_as_what_they_are(s3: Any) -> None:
    assert static.upload(s3, BUCKET) == len(static.files())
    assert static.upload(s3, BUCKET) == 0
    found = s3.get_object(Bucket=BUCKET, Key=static.folder(static.files()) + "swagger.js")
    assert found["ContentType"] == "text/javascript; charset=utf-8"
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    assert found["Body"].read() == (static.OWN / "swagger.js").read_bytes()


def test_a_changed_file_has_another_address_and_the_old_one_stays(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static.upload(s3, BUCKET)
    before = static.folder(static.files())
    (tmp_path / "swagger.js").write_text("changed")
    monkeypatch.setattr(static, "OWN", tmp_path)
    static.upload(s3, BUCKET)
    folders = {item["Key"].rpartition("/")[0] + "/" for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    assert folders == {before, static.folder(static.files())}


def test_no_name_is_taken_twice() -> None:
    own = {file.name for file in static.OWN.iterdir()}
    assert own.isdisjoint(name.rpartition("/")[2] for name in static.BUNDLED)
    assert len(static.files()) == len(own) + len(static.BUNDLED)


def test_no_bundle_names_its_makers_host() -> None:
    assert (static.BUNDLES / "redoc/bundles/redoc.standalone.js").read_bytes().count(static.LOGO) == 1
    assert not any(static.LOGO in content for content in static.files().values())


def test_cloudfront_alone_may_read_them(prod: Templates) -> None:
    policies = [policy.properties["PolicyDocument"]["Statement"] for policy in prod.all("AWS::S3::BucketPolicy")]
    allowed = [statement for policy in policies for statement in policy if statement["Effect"] == "Allow"]
    assert [statement["Action"] for statement in allowed] == ["s3:GetObject", "s3:ListBucket"] * 2
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    buckets = list(prod.all("AWS::S3::Bucket"))
    assert len(buckets) == len(policies) == 4
    for bucket in buckets:
        assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket.told["DeletionPolicy"] == "Retain"


def test_exports_imports_and_uploads_lie_there_for_a_day(prod: Templates) -> None:
    told = [bucket.properties.get("LifecycleConfiguration") for bucket in prod.all("AWS::S3::Bucket")]
    rules = [rule for configured in told if configured for rule in configured["Rules"]]
    assert sorted(rule.get("Prefix", "") for rule in rules) == ["", "", "uploads/"]
    assert all((rule["ExpirationInDays"], rule["Status"]) == (1, "Enabled") for rule in rules)


def test_browsers_may_upload_from_the_stages_apps_alone(dev: Templates, prod: Templates) -> None:
    told = [bucket.properties.get("CorsConfiguration") for bucket in dev.all("AWS::S3::Bucket")]
    allowed = [{"AllowedMethods": ["POST"], "AllowedOrigins": list(STAGES["dev"].origins)}]
    assert [cors["CorsRules"] for cors in told if cors] == [allowed] * 2
    assert not any("CorsConfiguration" in bucket.properties for bucket in prod.all("AWS::S3::Bucket"))


def test_cloudfront_serves_them_as_the_local_gateway_does(prod: Templates) -> None:
    [distribution] = prod.all("AWS::CloudFront::Distribution")
    behaviors = distribution.properties["DistributionConfig"]["CacheBehaviors"]
    assert [behavior["PathPattern"] for behavior in behaviors] == ["/static/*", "/media/*"]
    assert all(behavior["Compress"] and "FunctionAssociations" not in behavior for behavior in behaviors)
    [policy] = prod.all("AWS::CloudFront::ResponseHeadersPolicy")
    security = policy.properties["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    told = {
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={security['StrictTransportSecurity']['AccessControlMaxAgeSec']}",
        "X-Content-Type-Options": "nosniff" if security["ContentTypeOptions"]["Override"] else "",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
    }
    assert told == static.HEADERS

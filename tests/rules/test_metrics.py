"""The product's own figures, as CloudWatch reads them from the log."""

import json

import pytest

from kalit.kit import metrics
from kalit.kit.log import log


def test_a_count_is_one_line_in_the_embedded_metric_format(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "dev")
    log.append_keys(function="accounts.token")
    metrics.count("logins_refused", 2)
    log.clear_state()
    told = json.loads(capsys.readouterr().out)
    [metric] = told["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Kalit"
    assert [sorted(dimensions) for dimensions in metric["Dimensions"]] == [["function", "stage"]]
    assert metric["Metrics"] == [{"Name": "logins_refused", "Unit": "Count"}]
    assert (told["stage"], told["function"], told["logins_refused"]) == ("dev", "accounts.token", [2.0])

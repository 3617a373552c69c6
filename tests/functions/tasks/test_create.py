from tests.cloud import Cloud


def test_a_sum_is_pending_until_its_worker_comes(aws: Cloud) -> None:
    token = aws.register()
    answer = aws.http("tasks.create", {"task_type": "sum", "input_data": {"numbers": [1, 2, 3]}}, token=token)
    assert answer.status == 201
    assert answer.json["status"] == "pending"

"""Which jobs are looked for."""

from kalit.jobs.history import QUEUES, ListJobs


def test_all_jobs_are_those_of_all_queues() -> None:
    assert ListJobs().places() == [(name, "") for name in QUEUES]


def test_a_queue_and_a_state_are_looked_for_alone() -> None:
    assert ListJobs(queue="sum", state="dead").places() == [("sum", "dead")]
    assert ListJobs(queue="schedules", ticks="failed").places() == [("schedules", "")]
    assert ("schedules", "completed") in ListJobs(state="completed", ticks="failed").places()


def test_ticks_that_went_well_may_be_left_out() -> None:
    places = ListJobs(ticks="failed").places()
    assert [place for place in places if place[0] == "schedules"] == [("schedules", "retrying"), ("schedules", "dead")]
    assert {name for name, _ in places} == set(QUEUES)

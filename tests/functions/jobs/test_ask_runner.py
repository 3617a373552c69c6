from .office import Office


def test_the_runner_runs_when_it_is_asked_to(office: Office) -> None:
    id = office.schedule()
    answer = office.ask("ask_runner")
    assert (answer.status, list(answer.json)) == (202, ["task_id"])
    office.settle()
    assert office.shown(id)["status"] is True
    job = office.job(answer.json["task_id"])
    assert (job["name"], job["state"], job["asked_by"]) == ("auto_task_runner", "completed", 1)


def test_asked_and_ticked_at_the_same_time_it_runs_each_once(office: Office) -> None:
    for _ in range(3):
        office.schedule()
    office.ask("ask_runner")
    office.tick("auto_task_runner")
    office.settle()
    assert len([job for job in office.jobs() if job["name"] == "process_schedule"]) == 3

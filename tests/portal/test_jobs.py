from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from portal import clock
from portal.access import Role
from portal.jobs import commands, queries
from portal.jobs.models import Heartbeat, Lease, Schedule
from portal.jobs.rules import Plan, backoff
from tests.makers import make_user

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def jobs(monkeypatch):
    """An empty register."""
    monkeypatch.setattr(commands, "_jobs", {})
    return commands.job


@pytest.fixture
def queue(settings):
    """The queue in the database, as in production."""
    settings.TASKS = {**settings.TASKS, "jobs": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    return DBTaskResult.objects


def drain():
    """Do what a worker does, once, with every run that is ready."""
    worker = Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="jobs", startup_delay=False, max_tasks=None,
        worker_id="w", excluded_queue_names=[],
    )  # fmt: skip
    count = 0
    for row in DBTaskResult.objects.ready():
        row.claim("w")
        worker.run_task(row)
        count += 1
    return count


def test_an_unknown_job_is_refused_before_it_is_queued(queue):
    with pytest.raises(commands.UnknownJob):
        commands.enqueue("nobody.knows")


def test_a_job_runs_with_its_ids(jobs, queue):
    done = []
    jobs("tests.note")(lambda pk: done.append(pk))

    commands.enqueue("tests.note", pk=7)

    assert (drain(), drain(), done) == (1, 0, [7])


def test_a_failing_job_is_tried_again_later_and_then_given_up(jobs, queue):
    calls = []

    @jobs("tests.fail", tries=3)
    def fail():
        calls.append(1)
        raise ValueError("nein")

    commands.enqueue("tests.fail")
    assert drain() == 1
    assert drain() == 0
    for _try in range(3):
        queue.filter(status="READY").update(run_after=clock.now() - timedelta(seconds=1))
        drain()

    assert len(calls) == 3
    assert set(queue.values_list("status", flat=True)) == {"FAILED"}
    assert "nein" in queue.first().traceback


def test_the_wait_doubles_up_to_an_hour():
    assert [backoff(n).total_seconds() / 60 for n in (1, 2, 3, 7, 20)] == [1, 2, 4, 60, 60]


@pytest.mark.parametrize(
    ("plan", "moment", "due"),
    [
        (Plan("a", every=timedelta(minutes=5)), DAY, DAY + timedelta(minutes=5)),
        (Plan("a", at=time(18, 30)), DAY, datetime(2026, 9, 1, 10, 30, tzinfo=UTC)),
        (Plan("a", at=time(18, 0)), DAY, datetime(2026, 9, 2, 10, 0, tzinfo=UTC)),
        (Plan("a", at=time(3, 10)), DAY, datetime(2026, 9, 1, 19, 10, tzinfo=UTC)),
    ],
)
def test_when_again(plan, moment, due):
    assert plan.next_after(moment) == due


def test_the_schedule_starts_each_job_once_per_turn_whoever_asks(jobs, queue):
    done = []
    jobs("tests.often", every=timedelta(minutes=5))(lambda: done.append(1))

    with clock.at(DAY):
        assert commands.run_due() == ["tests.often"]
        assert commands.run_due() == []
    with clock.at(DAY + timedelta(minutes=5)):
        drain()
        assert commands.run_due() == ["tests.often"]
        drain()

    assert done == [1, 1]
    row = Schedule.objects.get()
    assert (row.last_error, row.next_run_at) == ("", DAY + timedelta(minutes=10))
    assert Heartbeat.objects.get(name="scheduler").at == DAY + timedelta(minutes=5)


def test_while_the_worker_is_away_runs_do_not_pile_up(jobs, queue):
    jobs("tests.often", every=timedelta(minutes=5))(lambda: None)
    for minutes in range(0, 60, 5):
        with clock.at(DAY + timedelta(minutes=minutes)):
            commands.run_due()

    assert queue.count() == 1


def test_a_failed_scheduled_job_says_so(jobs, queue):
    jobs("tests.bad", every=timedelta(minutes=5), tries=1)(lambda: 1 / 0)
    commands.run_due()
    drain()

    assert Schedule.objects.get().last_error == "ZeroDivisionError: division by zero"


def test_the_run_of_a_killed_worker_is_taken_again_and_at_last_given_up(jobs, queue):
    done = []
    jobs("tests.long", lease=timedelta(minutes=1), tries=2)(lambda: done.append(1))
    commands.enqueue("tests.long")
    row = queue.get()

    row.claim("killed-1")
    assert commands.reap() == 0
    queue.update(started_at=clock.now() - timedelta(minutes=2))
    assert commands.reap() == 1
    assert drain() == 1
    assert done == [1]

    queue.update(status="RUNNING", started_at=clock.now() - timedelta(minutes=2))
    assert commands.reap() == 1
    assert queue.get().status == "FAILED"


def test_a_lease_has_one_holder_and_ends():
    with clock.at(DAY), commands.lease("x", timedelta(minutes=5)) as first:
        with commands.lease("x", timedelta(minutes=5)) as second:
            assert (first, second) == (True, False)
        with clock.at(DAY + timedelta(minutes=5)), commands.lease("x", timedelta(minutes=5)) as third:
            assert third
    with clock.at(DAY + timedelta(minutes=6)), commands.lease("x", timedelta(minutes=5)) as fourth:
        assert fourth
    assert Lease.objects.count() == 1


def test_old_runs_are_pruned(jobs, queue):
    jobs("tests.note")(lambda: None)
    commands.enqueue("tests.note")
    drain()
    queue.update(finished_at=clock.now() - timedelta(days=15))

    commands.prune()

    assert queue.count() == 0


def test_healthz_asks_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content, "no-store" in answer["Cache-Control"]) == (200, b"ok\n", True)


def test_readyz_is_green_when_all_parts_work(client, queue):
    commands.beat("worker")

    assert client.get("/readyz").json() == {
        "ready": True, "database": "ok", "cache": "ok", "storage": "ok", "worker": "ok",
    }  # fmt: skip


@pytest.mark.parametrize("part", ["database", "cache", "storage"])
def test_readyz_names_the_broken_part_and_no_more(client, monkeypatch, part):
    def broken():
        raise DatabaseError("password is secret")

    monkeypatch.setitem(queries.PARTS, part, broken)
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()[part] == "DatabaseError"
    assert "secret" not in answer.content.decode()


def test_a_silent_worker_is_not_ready(client, queue):
    assert client.get("/readyz").json()["worker"] == "NotReady"
    commands.beat("worker")
    Heartbeat.objects.update(at=clock.now() - timedelta(minutes=4))
    assert client.get("/readyz").status_code == 503


def test_the_state_page_is_for_administrators(client, queue, jobs):
    jobs("tests.bad", every=timedelta(minutes=5), tries=1)(lambda: 1 / 0)
    commands.run_due()
    drain()
    client.force_login(make_user("admin", Role.SYS_ADMIN))
    page = client.get(reverse("staff_state")).content.decode()
    assert "tests.bad" in page and "ZeroDivisionError" in page

    client.force_login(make_user("officer", Role.BUREAU_OFFICER))
    assert client.get(reverse("staff_state")).status_code == 403


def test_the_command_enqueues_what_is_due(jobs, queue):
    jobs("tests.often", every=timedelta(minutes=5))(lambda: None)

    call_command("run_scheduled", "--no-worker")

    assert [row.args_kwargs["kwargs"]["name"] for row in queue.all()] == ["tests.often"]


@pytest.mark.django_db(transaction=True)
def test_the_command_alone_works_the_queue_off(jobs, queue):
    done = []
    jobs("tests.often", every=timedelta(minutes=5))(lambda: done.append(1))

    call_command("run_scheduled")

    assert (done, queue.get().status) == ([1], "SUCCESSFUL")

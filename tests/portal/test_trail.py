from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from wagtail.log_actions import registry

from portal import clock, context
from portal.access import Role
from portal.accounts.models import User
from portal.fields.models import AppendOnlyRow
from portal.trail import commands, queries
from portal.trail.commands import NotRegistered, log
from portal.trail.models import Event, Seal
from tests.makers import again, make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _recordable(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    registry.scan_for_actions()
    if not registry.action_exists("accounts.tried"):
        commands.register(User, "accounts", {"tried": "试了一次"})


def make_events(count=5):
    user = make_user("actor", Role.BUREAU_OFFICER)
    return [log(user, "accounts.tried", by=user, after={"times": n}, reason="试") for n in range(count)]


def raw(sql, *params):
    """Do as a database administrator would: past the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, params)
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name LIKE 'trail%%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(sql, params)
        for _name, text in triggers:
            cursor.execute(text)


def test_an_unregistered_model_is_refused_aloud():
    with pytest.raises(NotRegistered):
        log(make_region("33"), "regions.anything", by=make_user())
    assert Event.objects.count() == 0


def test_an_event_keeps_who_in_which_role_and_in_which_request():
    user = make_user("officer", Role.BUREAU_OFFICER)

    with context.errand("request-1"):
        event = again(log(user, "accounts.tried", by=user, before={"a": 1}, after={"a": 2}, reason="因为"))

    assert (event.user, event.role, event.request_id, event.reason) == (user, "BUREAU_OFFICER", "request-1", "因为")
    entry = queries.history(user)[0]
    assert (entry.who, entry.act, entry.changes) == ("officer", "试了一次", [("a", 1, 2)])


def test_what_an_act_says_of_itself_is_told_in_words():
    user = make_user("member")
    commands.log(user, "accounts.grant", by=user, after={"fen": 1200, "over_line": False, "newcomer": "x"})

    told = {(name, new) for name, _old, new in queries.history(user)[0].changes}

    assert told == {("金额（分）", 1200), ("超出预算行", "否"), ("newcomer", "x")}


def test_of_several_roles_the_one_that_the_policy_let_in_is_kept():
    user = make_user("both", Role.BUREAU_OFFICER, Role.REGISTRAR)

    assert log(user, "accounts.tried", by=user).role == ""
    with context.errand("request-2"):
        context.act_as(Role.REGISTRAR)
        assert log(user, "accounts.tried", by=user).role == "REGISTRAR"


@pytest.mark.parametrize("table", ["trail_event", "trail_seal"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(table, sql):
    for position, event in enumerate(make_events(2), start=1):
        Seal.objects.create(position=position, event=event, prev_hash="", hash=str(position))

    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))
    with pytest.raises(AppendOnlyRow):
        Seal.objects.all().delete()
    assert (Event.objects.count(), Seal.objects.count()) == (2, 2)


def sealed(count=6):
    events = make_events(count)
    assert commands.seal() == count
    assert queries.verify().problem == ""
    return events


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a test's own transaction is never settled there")
class TestChain:
    def test_the_chain_grows_and_the_head_is_written_outside(self):
        sealed(3)
        make_events2 = log(User.objects.get(), "accounts.tried", by=None)
        assert queries.verify().unsealed == 1
        assert commands.seal() == 1
        assert commands.seal() == 0

        lines = queries.anchor_path().read_text().splitlines()
        assert [line.split(" ")[1] for line in lines] == ["3", "4"]
        assert Seal.objects.get(position=4).event == make_events2
        out = StringIO()
        call_command("verify_trail", stdout=out)
        assert "已封存 4 条" in out.getvalue()

    @pytest.mark.parametrize(
        ("sql", "said"),
        [
            ("UPDATE trail_event SET reason = 'x' WHERE id = {2}", "记录 {2} 被改动"),
            ("UPDATE trail_event SET user_id = 99 WHERE id = {0}", "记录 {0} 被改动"),
            ("UPDATE trail_event SET timestamp = '2020-01-01 00:00:00' WHERE id = {1}", "记录 {1} 被改动"),
            ("DELETE FROM trail_event WHERE id = {3}", "记录 {3} 被删除"),
            ("DELETE FROM trail_seal WHERE event_id = {3}", "封存序号 4 缺失"),
            ("DELETE FROM trail_seal WHERE position > 4", "封存 6 与库外锚点不符"),
            ("UPDATE trail_seal SET event_id = {5} + 100 WHERE position = 6", "被删除"),
        ],
    )
    def test_the_first_bad_row_is_named(self, sql, said):
        ids = [event.pk for event in sealed()]
        raw(sql.format(*ids))

        with pytest.raises(CommandError, match=said.format(*ids)):
            call_command("verify_trail", stdout=StringIO())

    def test_two_events_that_changed_places_are_named(self):
        ids = [event.pk for event in sealed()]
        raw("UPDATE trail_event SET id = -1 WHERE id = %s", ids[0])
        raw("UPDATE trail_event SET id = %s WHERE id = %s", ids[0], ids[1])
        raw("UPDATE trail_event SET id = %s WHERE id = -1", ids[1])

        assert f"记录 {ids[0]} 被改动" in queries.verify().problem

    def test_sqlite_replaces_no_row_where_a_connection_asks_no_triggers_on_delete(self):
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL has no INSERT OR REPLACE")
        (event,) = sealed(1)
        raw_replace = "INSERT OR REPLACE INTO trail_event SELECT * FROM trail_event WHERE id = %s"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = OFF")
            try:
                with pytest.raises(IntegrityError, match="trail_event_is_never_replaced"), transaction.atomic():
                    cursor.execute(raw_replace, [event.pk])
            finally:
                cursor.execute("PRAGMA recursive_triggers = ON")

    def test_a_missing_trigger_fails_the_check(self):
        sealed(1)
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER trail_event_is_never_changed")

        assert "trail_event_is_never_changed" in queries.verify().problem

    def test_a_slipped_in_old_event_stays_unsealed_and_is_named(self):
        ids = [event.pk for event in sealed()]
        raw("DELETE FROM trail_event WHERE id = %s", ids[0] - 1)
        raw(
            "INSERT INTO trail_event (id, label, action, data, timestamp, content_changed, deleted, object_id, role,"
            " before, after, reason, request_id) VALUES (%s, 'x', 'accounts.tried', '{}', '2020-01-01', false, false,"
            " '1', '', '{}', '{}', '', '')",
            ids[0] - 1,
        )

        assert commands.seal() == 0
        assert f"记录 {ids[0] - 1} 是事后插入的" in queries.verify().problem

    def test_without_its_key_nothing_can_be_forged(self, settings):
        ids = [event.pk for event in sealed()]
        settings.TRAIL_KEY = "another"

        assert f"记录 {ids[0]} 被改动" in queries.verify().problem

    def test_a_lost_anchor_file_is_told(self):
        sealed(1)
        queries.anchor_path().unlink()

        assert "锚点文件不见了" in queries.verify().problem

    @pytest.mark.parametrize("line", ["", "2026", "2026-11-20 x y", "2026-11-20 ² y", "2026-11-20 -1 y"])
    def test_a_damaged_anchor_line_is_told(self, line):
        sealed(1)
        with queries.anchor_path().open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

        assert queries.verify().problem == f"库外的封存锚点文件有一行读不出来：{line}"


def test_one_sealer_at_a_time():
    from portal.jobs.commands import lease

    make_events(1)
    with lease("trail.seal", timedelta(minutes=5)) as is_mine:
        assert is_mine
        assert commands.seal() == 0


def test_who_reads_the_whole_trail():
    """An auditor reads what was done to what an auditor sees; accounts are not among it."""
    make_events(1)

    assert Event.objects.visible_to(make_user("adm", Role.AUD_ADMIN)).count() == 1
    assert Event.objects.visible_to(make_user("aud", Role.AUDITOR)).count() == 0
    assert Event.objects.visible_to(make_user("off", Role.BUREAU_OFFICER)).count() == 0
    assert Event.objects.visible_to(AnonymousUser()).count() == 0


def test_a_log_line_is_json_with_the_request_id():
    import json
    import logging

    from portal.trail.rules import JsonLines

    record = logging.LogRecord("portal.x", logging.WARNING, "f", 1, "有 %s 件\n换行", (3,), None)
    with context.errand("abc"):
        line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line)["request"] == "abc"
    assert json.loads(line)["message"] == "有 3 件\n换行"
    assert clock.today()


class TestLogPage:
    """U7: read by those who check, changed by nobody."""

    def url(self, name="index", *args):
        from django.urls import reverse

        return reverse(f"staff_events:{name}", args=args)

    def test_an_auditor_reads_filters_and_exports(self, client):
        events = make_events(3)
        commands.seal()
        client.force_login(make_user("aud", Role.AUD_ADMIN))

        page = client.get(self.url()).content.decode()
        assert "试了一次" in page and "actor" in page
        assert "试了一次" in client.get(self.url(), {"action": "accounts.tried", "user": "ACTOR"}).content.decode()
        assert "民政局经办人" in client.get(self.url("inspect", events[0].pk)).content.decode()
        export = client.get(self.url(), {"export": "csv"})
        assert len(b"".join(export).decode("utf-8-sig").splitlines()) == 4

    def test_nobody_else_enters(self, client):
        event = make_events(1)[0]
        client.force_login(make_user("head", Role.BUREAU_HEAD))

        assert client.get(self.url()).status_code == 403
        assert client.get(self.url("inspect", event.pk)).status_code in {403, 404}

    def test_there_is_no_way_to_write(self):
        from portal.trail.staff import events

        names = {pattern.name for pattern in events.get_urlpatterns()}
        assert names == {"index", "index_results", "inspect", "history", "history_results"}

    def test_the_list_asks_the_same_number_of_questions_for_1_and_30(self, client):
        from django.test.utils import CaptureQueriesContext

        make_events(1)
        client.force_login(make_user("aud", Role.AUD_ADMIN))
        counts = []
        for more in (0, 29):
            for _n in range(more):
                log(User.objects.get(username="actor"), "accounts.tried", by=User.objects.get(username="actor"))
            client.get(self.url())
            with CaptureQueriesContext(connection) as asked:
                client.get(self.url())
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_the_nightly_walk_tells_on_the_page(self):
        from portal.jobs.models import Schedule
        from portal.trail.tasks import BrokenTrail, verify

        verify()
        make_events(2)
        commands.seal() if connection.vendor == "sqlite" else None
        with connection.cursor() as cursor:
            on = " ON trail_event" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER trail_event_is_never_changed{on}")
        with pytest.raises(BrokenTrail, match="触发器缺失"):
            verify()
        Schedule.objects.create(name="trail.verify", next_run_at=clock.now(), last_error="x")
        assert "触发器缺失" in queries.chain().problem


def test_the_policy_of_a_request_names_the_role_of_the_event():
    from portal.access.policies import Policy

    class UserPolicy(Policy):
        actions = {"try": (Role.REGISTRAR,)}

    user = make_user("both", Role.BUREAU_OFFICER, Role.REGISTRAR)
    with context.errand("request-3"):
        UserPolicy(User).require(user, "try", user)
        assert log(user, "accounts.tried", by=user).role == "REGISTRAR"


def test_the_site_history_of_wagtail_shows_our_events(client):
    make_events(1)
    client.force_login(make_user("root", Role.AUD_ADMIN, is_superuser=True, is_staff=True))

    assert "试了一次" in client.get("/cms/reports/site-history/").content.decode()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_sealed_while_an_older_transaction_is_still_running():
    """The lower id commits later: sealed too early, it would be missing from the chain."""
    import threading

    from django.db import connections

    user = make_user("actor")
    written, release = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            log(user, "accounts.tried", by=user, reason="first")
            written.set()
            release.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    log(user, "accounts.tried", by=user, reason="second")

    assert commands.seal() == 0
    release.set()
    thread.join()
    # A transaction in any database of the server holds sealing back: wait for those of the other tests.
    sealed_now, waits = commands.seal(), 0
    while sealed_now < 2 and waits < 600:
        threading.Event().wait(0.5)
        sealed_now, waits = sealed_now + commands.seal(), waits + 1
    assert sealed_now == 2
    assert list(Seal.objects.values_list("event__reason", flat=True)) == ["first", "second"]
    assert queries.verify().problem == ""

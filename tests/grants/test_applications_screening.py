"""Screening: pass, one list of corrections, or fail with reasons."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from grants.applications import commands, queries
from grants.applications.models import Application, BudgetLine, Screening
from grants.applications.policies import policy
from orgs.registry.models import Listing, MemberRole, Membership
from portal import clock
from portal.lifecycle import NotYet, Refused
from portal.notices.models import Notice
from tests.grants.makers_applications import (
    LINES,
    admin_of,
    make_submitted,
)
from tests.grants.makers_calls import CLOSES, NOON, officer
from tests.makers import acts, again

pytestmark = pytest.mark.django_db


def test_passing_records_what_the_portal_found():
    application = make_submitted()
    with clock.at(NOON):
        passed = commands.screen_pass(application, by=officer())
    screening = Screening.objects.get()
    assert (passed.status, screening.passed, len(screening.checks)) == ("SCREEN_PASSED", True, 20)
    assert {one["code"] for one in screening.checks if one["verdict"] == "not_met"} == set()
    assert list(Application.objects.screened(application.round)) == [passed]
    assert Notice.objects.filter(kind="applications.passed").count() == 1


def test_a_listed_organization_is_found_and_passing_it_needs_a_reason():
    application = make_submitted()
    Listing.objects.create(
        organization=application.organization, kind="ABNORMAL", decision="演民〔2025〕7号", reason="未报年报",
        listed_on=date(2025, 6, 1),
    )  # fmt: skip
    with clock.at(NOON):
        found = {one.code: one for one in queries.checks(again(application))}
        assert found["E05"].verdict == "not_met"
        assert found["E05"].evidence == "2025-06-01 列入活动异常名录，尚未移出，演民〔2025〕7号"
        with pytest.raises(Refused, match="E05"):
            commands.screen_pass(application, by=officer())
        failed = commands.screen_fail(application, by=officer(), codes=["E05"], note="见名录")
    assert (failed.status, Screening.objects.get().codes) == ("SCREEN_FAILED", ["E05"])
    assert "活动异常名录" in Notice.objects.get(kind="applications.failed").body


@pytest.mark.parametrize(
    ("least", "verdict", "words"),
    [
        (0, "met", "自筹 10,000.00 元，本通知不要求自筹"),
        (2000, "met", "自筹 10,000.00 元，占总预算 20%，要求不低于 20%"),
        (2050, "not_met", "自筹 10,000.00 元，占总预算 20%，要求不低于 20.5%"),
    ],
)
def test_own_funds_are_measured_only_where_the_notice_asks_for_them(least, verdict, words):
    application = make_submitted()
    application.round.eligibility_rules.filter(code="E11").update(number=least)
    application.budget_lines.filter(source="SELF").delete()
    BudgetLine.objects.create(
        application=application, category="B1", item="场地", unit_price=1_000_000, quantity=1, times=1,
        amount=1_000_000, source="SELF", position=9,
    )  # fmt: skip

    with clock.at(NOON):
        found = {one.code: one for one in queries.checks(again(application))}

    assert (found["E11"].verdict, found["E11"].evidence) == (verdict, words)


def test_failing_needs_known_codes():
    application = make_submitted()
    for codes in ([], ["E99"]):
        with pytest.raises(Refused, match="E01 至 E20"):
            commands.screen_fail(application, by=officer(), codes=codes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Screening.objects.create(application=application, passed=False, screened_by=officer(), screened_at=NOON)
    assert again(application).status == "SUBMITTED"


def test_returning_unlocks_only_what_it_names_once_and_with_a_date():
    application = make_submitted()
    user = admin_of(application)
    items = [
        {"section": "overview", "text": "实施地写到社区"},
        {"section": "attachments", "text": "证书不清楚"},
        {"section": "attachments", "text": "年报缺页"},
    ]
    with clock.at(NOON):
        returned = commands.return_for_correction(application, by=officer(), items=items)
        assert returned.correction.items == [
            {"section": "overview", "name": "填写项目概况", "text": "实施地写到社区"},
            {"section": "attachments", "name": "上传附件", "text": "证书不清楚 年报缺页"},
        ]
        assert (returned.status, returned.due_on) == ("RETURNED", date(2026, 2, 13))
        with pytest.raises(commands.Late, match="不在补正范围"):
            commands.save_budget(returned, LINES, by=user)
        commands.save_overview(returned, by=user, title="老城梯坎助行计划二")
        with pytest.raises(NotYet, match="还没有标为"):
            commands.submit(returned, by=user)
        for code in ("overview", "attachments"):
            commands.set_done(returned, code, by=user)
        answered = commands.submit(returned, by=user)
        assert (answered.status, answered.version.number, answered.slot) == ("SUBMITTED", 2, 1)
        with pytest.raises(NotYet, match="补正过一次"):
            commands.return_for_correction(answered, by=officer(), items=items)
    assert acts(application)[-2:] == ["applications.save", "applications.resubmit"]


def test_a_correction_may_come_after_the_deadline_but_not_after_its_own():
    application = make_submitted()
    user = admin_of(application)
    with clock.at(CLOSES + timedelta(days=3)):
        commands.return_for_correction(application, by=officer(), items=[{"section": "overview", "text": "改"}])
        with pytest.raises(NotYet, match="还没有到"):
            commands.screen_fail(application, by=officer(), codes=["E15"])
    due = again(application).correction.due_on
    with clock.at(CLOSES + timedelta(days=3)):
        commands.set_done(application, "overview", by=user)
    midnight = clock.datetime(due.year, due.month, due.day, tzinfo=clock.ZONE) + timedelta(days=1)
    with clock.at(midnight):
        with pytest.raises(commands.Late, match="补正期限"):
            commands.submit(application, by=user)
        assert commands.screen_fail(application, by=officer(), codes=["E15"]).status == "SCREEN_FAILED"
    Application.objects.update(status="RETURNED")
    with clock.at(midnight - timedelta(seconds=1)):
        assert commands.submit(application, by=user).status == "SUBMITTED"


def test_a_member_of_the_organization_cannot_screen_it():
    application = make_submitted()
    Membership.objects.create(organization=application.organization, user=officer(), role=MemberRole.READER)
    assert not policy.user_has_permission_for_instance(officer(), "pass", application)
    with pytest.raises(Refused, match="成员"):
        commands.screen_pass(application, by=officer())


def test_a_correction_that_never_came_is_the_officers_work():
    application = make_submitted()
    with clock.at(CLOSES + timedelta(days=3)):
        commands.return_for_correction(application, by=officer(), items=[{"section": "overview", "text": "改"}])
    due = again(application).correction.due_on

    def work(day):
        with clock.at(clock.datetime(day.year, day.month, day.day, 9, tzinfo=clock.ZONE)):
            return [[one.title for one in queries.due(user)] for user in (admin_of(application), officer())]

    assert work(due) == [[f"补正申报书 · {application}"], []]
    assert work(due + timedelta(days=1)) == [[], [f"补正逾期，请认定 · {application}"]]

"""Drafts, handing in, and who reads what."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from grants.applications import commands, queries
from grants.applications.models import Application, Attachment, Section, Version
from grants.applications.policies import policy
from grants.applications.queries.dossier import overview_problems
from grants.applications.views.hand_in import steps
from grants.calls.models import Round
from grants.calls.queries import call_context, procedure
from grants.calls.rules.template import BUDGET_CRITERIA, CRITERIA, FORM, PLAN_CRITERIA
from grants.calls.staff.round import Publish
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.documents.models import Paper
from portal.files.policies import may_read
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from portal.notices.models import Notice
from tests.grants.makers_applications import (
    ITEMS,
    LINES,
    admin_of,
    fill,
    make_applicant,
    make_application,
    make_submitted,
    scan,
)
from tests.grants.makers_calls import CLOSES, NOON, make_open_round, officer
from tests.makers import acts, again, make_organization, make_user

pytestmark = pytest.mark.django_db


# drafts


def test_starting_gives_a_number_and_the_same_form_posted_twice_one_draft():
    round = make_open_round()
    user, organization = make_applicant()
    with clock.at(NOON):
        first = commands.start(round, organization, by=user, token="t" * 22)
        second = commands.start(round, organization, by=user, token="t" * 22)
        third = commands.start(round, organization, by=user)
    assert (first.number, second, third.number) == ("VEN-2026-000001", first, "VEN-2026-000002")
    assert first.form_version == round.page.form_version


def test_starting_is_refused_outside_the_window_and_for_an_unverified_unit():
    round = make_open_round()
    user, organization = make_applicant()
    with clock.at(CLOSES + timedelta(seconds=1)), pytest.raises(commands.Late):
        commands.start(round, organization, by=user)
    organization.__class__.objects.update(standing="CLAIMED")
    with clock.at(NOON), pytest.raises(Refused, match="还没有核验"):
        commands.start(round, again(organization), by=user)
    assert Application.objects.count() == 0


def test_a_save_against_an_old_version_is_a_conflict_and_overwrites_nothing():
    application = make_application()
    user = admin_of(application)
    with clock.at(NOON):
        saved = commands.save_section(application, "venture-need", {"venture-evidence": "甲写的"}, by=user, version=0)
        with pytest.raises(commands.Conflict) as conflict:
            commands.save_section(application, "venture-need", {"venture-evidence": "乙写的"}, by=user, version=0)
    assert saved.version == 1
    assert (conflict.value.version, conflict.value.by, conflict.value.answers) == (
        1, str(user), {"venture-evidence": "甲写的"},
    )  # fmt: skip
    assert again(saved).answers == {"venture-evidence": "甲写的"}


def test_a_late_save_is_refused_and_changes_nothing():
    application = make_application()
    user = admin_of(application)
    with clock.at(CLOSES):
        commands.save_section(application, "venture-need", {"venture-evidence": "及时"}, by=user)
    with clock.at(CLOSES + timedelta(seconds=1)), pytest.raises(commands.Late, match="2月27日 17:00 截止"):
        commands.save_section(application, "venture-need", {"venture-evidence": "晚了"}, by=user)
    assert Section.objects.get().answers == {"venture-evidence": "及时"}


def test_unknown_sections_and_questions_are_not_stored():
    application = make_application()
    user = admin_of(application)
    with clock.at(NOON):
        commands.save_section(application, "venture-need", {"venture-evidence": "有", "other": "无"}, by=user)
        with pytest.raises(Refused, match="没有这一节"):
            commands.save_section(application, "nowhere", {}, by=user)
    assert Section.objects.get().answers == {"venture-evidence": "有"}


def test_a_section_is_called_done_by_a_person_and_only_when_it_is_in_order():
    application = make_application()
    user = admin_of(application)
    with clock.at(NOON):
        with pytest.raises(NotYet) as refused:
            commands.set_done(application, "venture-need", by=user)
        assert [str(one) for one in refused.value.reasons] == [
            "请填写需求分析", "请填写需求依据", "请选择服务对象", "请填写直接受益人数", "请填写服务人次",
        ]  # fmt: skip
        with pytest.raises(NotYet, match="至少 3 行，还差 3 行"):
            commands.set_done(application, "plan", by=user)


def test_the_task_list_shows_five_states():
    application = make_application()
    user = admin_of(application)
    with clock.at(NOON):
        commands.confirm(application, "organization", by=user)
        commands.save_section(application, "venture-need", {"venture-evidence": "写了一半"}, by=user)
        commands.save_budget(application, [{**LINES[1], "category": "B4"}], by=user)
        groups = queries.task_groups(queries.dossier(again(application)))
    states = {one.code: one.status for _title, tasks in groups for one in tasks}
    assert states == {
        "organization": "done", "eligibility": "todo", "overview": "todo", "venture-need": "doing",
        "venture-design": "todo", "venture-team": "todo", "plan": "todo", "budget": "fix", "attachments": "todo",
        "check": "blocked",
    }  # fmt: skip
    assert again(application).amount_requested == 1_200_000


def test_files_are_kept_for_members_and_staff_only():
    application = make_application()
    user = admin_of(application)
    with clock.at(NOON):
        attached = commands.attach(application, "certificate", scan(), by=user)
        with pytest.raises(Refused, match="没有这一项"):
            commands.attach(application, "nowhere", scan(), by=user)
    colleague = make_user("colleague")
    Membership.objects.create(organization=application.organization, user=colleague, role=MemberRole.READER)
    may = {one.username: may_read(one, attached.file) for one in (user, colleague, officer(), make_user("stranger"))}
    assert may == {"applicant": True, "colleague": True, "officer": False, "stranger": False}
    with clock.at(NOON):
        commands.detach(application, attached, by=user)
    assert queries.dossier(again(application)).attachments == []
    assert Attachment.objects.count() == 1


def test_the_notice_the_approval_and_an_empty_draft_give_one_estimate_of_minutes():
    draft = make_application()
    page = draft.round.page
    round = Round.objects.get(pk=draft.round_id)
    with clock.at(NOON):
        told = call_context(page)["minutes"]
        assert queries.dossier(draft).minutes_left() == told == 124
        assert f"写完整份申报约需 {told} 分钟" in "".join(map(str, Publish().consequences(round)))
        commands.confirm(draft, "organization", by=admin_of(draft))
        commands.set_done(draft, "organization", by=admin_of(draft))
    assert queries.dossier(again(draft)).minutes_left() == told - 3


def test_a_section_names_its_criteria_with_the_points_of_the_round():
    round = make_application().round
    asked = [{"criterion": "需求真实 20 分"}, {"criterion": "团队能力 15 分"}, {"criterion": ""}, {}]
    round.criteria.filter(name="需求真实").update(max_points=25)
    round.criteria.exclude(name__in=["需求真实", "预算合理"]).delete()

    assert queries.rubric_lines(round, queries.named_in(asked)) == ["需求真实 25 分"]
    assert queries.rubric_lines(round, BUDGET_CRITERIA) == ["预算合理 15 分"]
    assert queries.rubric_lines(round) == ["需求真实 25 分", "预算合理 15 分"]


def test_every_criterion_of_the_standard_rubric_is_named_on_some_page_of_the_form():
    named = " ".join(queries.named_in([row["value"] for row in part["value"]["questions"]]) for part in FORM)
    named = f"{named} {PLAN_CRITERIA} {BUDGET_CRITERIA}"

    assert [one["name"] for one in CRITERIA if one["stage"] == "PAPER" and one["name"] not in named] == []


def test_planned_months_lie_in_the_projects_own_period():
    draft = make_application()
    by = admin_of(draft)
    fill(draft, by)
    months = (date(2026, 3, 1), date(2027, 1, 1), date(2027, 2, 1))
    items = [{**one, "month": month} for one, month in zip(ITEMS, months, strict=True)]
    with clock.at(NOON):
        commands.save_plan(draft, items, by=by)
        with pytest.raises(NotYet) as refused:
            commands.set_done(draft, "plan", by=by)
    assert [str(one.text) for one in refused.value.reasons] == [
        "第 1 行月份 2026-03 不在实施期 2026-04-01 至 2027-01-31 之内，请改月份，或改项目概况的起止日期",
        "第 3 行月份 2027-02 不在实施期 2026-04-01 至 2027-01-31 之内，请改月份，或改项目概况的起止日期",
    ]


# handing in


def test_submitting_freezes_a_hashed_version_and_tells_the_members():
    application = make_submitted()

    version = Version.objects.get()
    assert (application.status, application.slot, application.version) == ("SUBMITTED", 1, version)
    assert (application.amount_requested, version.amount_requested) == (4_000_000, 4_000_000)
    assert version.answers["venture-beneficiaries"] == 120
    assert "venture-safeguarding" not in version.answers
    assert sum(row["amount"] for row in version.budget if row["source"] == "GRANT") == version.amount_requested
    assert len(version.sha256) == 64
    assert application.submitted_at == NOON
    # 10 working days after the window, as the notice says; 28 February is worked in exchange
    assert application.due_on == date(2026, 3, 12)
    with clock.at(CLOSES + timedelta(days=1)):
        assert queries.due(officer())[0].due_on == date(2026, 3, 12)
        assert steps(application)[1]["when"] == "2026-03-12 前"
        notice = [step["when"] for step in procedure(application.round, [], clock.now())]
        assert notice[1] == "截止后 10 个工作日内"
    assert acts(application)[-1] == "applications.submit"
    assert Notice.objects.get(kind="applications.submitted").subject == "申报回执 VEN-2026-000001"
    assert Paper.objects.get().number == "VEN-2026-000001"


def test_a_version_cannot_be_changed_by_sql():
    make_submitted()
    for sql in ("UPDATE applications_version SET title = 'x'", "DELETE FROM applications_version"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Version.objects.get().title == "老城梯坎助行计划"


def test_the_last_second_is_in_time_and_the_next_is_not():
    application = make_application()
    user = admin_of(application)
    fill(application, user)
    with clock.at(CLOSES + timedelta(seconds=1)):
        with pytest.raises(commands.Late, match="17:00 截止，这次没有提交成功"):
            commands.submit(application, by=user)
        assert [one.verdict for one in queries.checks(again(application)) if one.code == "E20"] == ["not_met"]
    assert (again(application).status, Version.objects.count()) == ("DRAFT", 0)
    with clock.at(CLOSES):
        assert commands.submit(application, by=user).status == "SUBMITTED"


def test_the_job_that_closes_the_round_does_not_refuse_who_was_in_time():
    application = make_application()
    user = admin_of(application)
    fill(application, user)
    application.round.__class__.objects.update(status="CLOSED")
    with clock.at(CLOSES):
        assert commands.submit(application, by=user).status == "SUBMITTED"


def test_a_second_click_finds_the_application_handed_in():
    application = make_submitted()
    with clock.at(NOON), pytest.raises(MoveNotAllowed):
        commands.submit(application, by=admin_of(application))
    assert Version.objects.count() == 1


def test_one_more_than_the_round_allows_is_refused_politely_and_by_the_database():
    round = make_open_round(applications_per_organization=1)
    user, organization = make_applicant()
    first = make_submitted(round, organization, user)
    second = fill(make_application(round, organization, user, title="后大街邻里议事厅"), user)
    with clock.at(NOON):
        with pytest.raises(NotYet, match="每单位最多提交 1 项"):
            commands.submit(second, by=user)
        values = {"status": "SUBMITTED", "version": first.version, "submitted_at": NOON}
        for slot in (1, 2, None):
            with pytest.raises(IntegrityError), transaction.atomic():
                Application.objects.filter(pk=second.pk).update(slot=slot, **values)
        commands.withdraw(first, by=user)
        assert commands.submit(second, by=user).slot == 1
    assert acts(first)[-1] == "applications.withdraw"


def test_an_unfinished_draft_is_refused_with_all_that_is_missing():
    application = make_application()
    with clock.at(NOON), pytest.raises(NotYet) as refused:
        commands.submit(application, by=admin_of(application))
    codes = {one.code for one in refused.value.reasons}
    assert codes == {
        "organization", "eligibility", "overview", "venture-need", "venture-design", "venture-team", "plan", "budget",
        "attachments",
    }  # fmt: skip


def test_only_the_administrator_hands_in_and_a_writer_writes():
    application = make_application()
    user = admin_of(application)
    fill(application, user)
    writer, reader = make_user("writer"), make_user("reader")
    Membership.objects.create(organization=application.organization, user=writer, role=MemberRole.WRITER)
    Membership.objects.create(organization=application.organization, user=reader, role=MemberRole.READER)
    with clock.at(NOON):
        application = again(application)
        allowed = {
            one.username: (
                policy.user_has_permission_for_instance(one, "write", application),
                policy.user_has_permission_for_instance(one, "submit", application),
            )
            for one in (user, writer, reader, officer())
        }
        assert allowed == {
            "applicant": (True, True), "writer": (True, False), "reader": (False, False), "officer": (False, False),
        }  # fmt: skip
        with pytest.raises(Refused, match="单位负责人"):
            commands.submit(application, by=writer)
        with pytest.raises(Refused, match="勾选承诺"):
            commands.submit(application, by=user, commitment=False)
    assert again(application).status == "DRAFT"


def test_before_the_deadline_it_can_be_taken_back_and_handed_in_again():
    application = make_submitted()
    user = admin_of(application)
    with clock.at(NOON):
        back = commands.recall(application, by=user)
        assert (back.status, back.slot, back.submitted_at) == ("DRAFT", None, None)
        assert commands.submit(back, by=user).version.number == 2
    with clock.at(CLOSES + timedelta(seconds=1)), pytest.raises(NotYet, match="截止"):
        commands.recall(application, by=user)


# reading


def test_members_see_their_own_and_staff_what_was_handed_in_from_their_tree():
    draft = make_application()
    round, organization, user = draft.round, draft.organization, admin_of(draft)
    other = make_user("other")
    foreign = make_organization("镇海区演示乙中心", None, kind="OTHER_LEGAL", region="330211002", admin=other)
    street = make_user("street", "STREET", region="330211001")
    expert = make_user("expert", "EXPERT")
    handed = make_submitted(round, foreign, other, title="静远社区喘息服务")
    seen = {
        one.username: set(Application.objects.visible_to(one)) for one in (user, other, officer(), street, expert)
    }
    assert organization
    assert seen == {"applicant": {draft}, "other": {handed}, "officer": {handed}, "street": set(), "expert": set()}


def test_work_lists_name_the_draft_the_screening_and_the_correction():
    application = make_submitted()
    user = admin_of(application)
    with clock.at(NOON):
        assert [one.kind for one in queries.due(officer())] == ["applications.screen"]
        assert queries.due(user) == []
        commands.return_for_correction(application, by=officer(), items=[{"section": "overview", "text": "改"}])
        assert [(one.kind, one.due_on) for one in queries.due(user)] == [("applications.correct", date(2026, 2, 13))]
        assert queries.due(officer()) == []


def test_one_dossier_is_read_in_a_fixed_number_of_queries(django_assert_num_queries):
    application = Application.objects.select_related("round", "form_version", "region").get(pk=make_submitted().pk)
    with django_assert_num_queries(7):
        whole = queries.dossier(application)
        queries.task_groups(whole)
    assert whole.budget.total == 4_560_000


def test_a_title_that_could_not_be_made_public_is_told_to_the_applicant():
    application = make_submitted()
    application.title = "老城助行19900001234"

    assert overview_problems(queries.dossier(application)) == [
        ("title", "项目名称含有手机号“1990*****34”，立项时要公示，请从名称中删去")
    ]

"""From award to signed agreement, marks, and closing."""

from __future__ import annotations

import pytest

from grants.agreements import commands, queries
from grants.agreements.commands.project import closing_values
from grants.agreements.models import Agreement, BudgetLine, PartyCode, Project, Tranche
from grants.agreements.policies import project_policy
from grants.agreements.rules import Line, needs_approval, scaled
from grants.agreements.states import AgreementStatus, AmendmentStatus, ProjectStatus
from grants.funds import commands as ledger
from grants.funds.queries import balance, balances_of
from portal.documents import commands as documents
from portal.documents.models import Kind
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from portal.trail.models import Event
from tests.grants.makers_agreements import (
    YUAN,
    make_agreement,
    make_award,
    make_file,
    make_payee,
    make_people,
    make_project,
)
from tests.grants.makers_calls import make_draft
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


def acts(subject) -> list[str]:
    return list(
        Event.objects.filter(object_id=str(subject.pk), content_type__model=subject._meta.model_name)
        .order_by("pk")
        .values_list("action", flat=True)
    )


@pytest.mark.parametrize(
    ("lines", "total", "expected"),
    [
        ([("B1", 30_000), ("B2", 10_000)], 40_000, [30_000, 10_000]),
        ([("B1", 30_000), ("B2", 10_000)], 20_000, [15_000, 5_000]),
        ([("B1", 33_333), ("B2", 33_333), ("B4", 33_334)], 50_000, [16_600, 16_600, 16_800]),
        ([("B1", 1_000_000), ("B2", 100)], 500_000, [500_000]),
        ([], 700, [700]),
    ],
)
def test_budget_is_scaled_without_loss(lines, total, expected):
    found = scaled([Line(category, "项", fen) for category, fen in lines], total)

    assert [one.amount for one in found] == expected
    assert sum(one.amount for one in found) == total


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"B1": 9_000, "B2": 1_000}, {"B1": 8_000, "B2": 2_000}, False),
        ({"B1": 9_000, "B2": 1_000}, {"B1": 7_999, "B2": 2_001}, True),
        ({"B1": 9_000, "B2": 1_000}, {"B1": 9_000, "B2": 999, "B5": 1}, True),
    ],
)
def test_a_shift_of_ten_percent_is_only_recorded(before, after, expected):
    assert needs_approval(before, after) is expected


def test_draft_makes_project_budget_plan_and_parties_that_add_up(people):
    agreement = make_agreement(people)
    project = agreement.project

    assert (project.status, agreement.status) == (ProjectStatus.PREPARING, AgreementStatus.DRAFT)
    assert [(one.number, one.percent, one.amount, one.milestone) for one in project.tranches.all()] == [
        (1, 50, 19_200 * YUAN, "agreement"),
        (2, 40, 15_400 * YUAN, "midterm"),
        (3, 10, 3_900 * YUAN, "evaluation"),
    ]
    assert sum(one.amount for one in project.budget_lines.all()) == project.amount == 38_500 * YUAN
    assert {one.code for one in project.milestones.all()} == {
        "agreement", "midterm", "final_report", "evaluation", "audit",
    }  # fmt: skip
    assert [one.code for one in agreement.parties.all()] == ["BUREAU", "ORGANIZATION"]
    assert acts(agreement) == ["agreements.draft"]


@pytest.mark.parametrize(
    ("more", "labels"),
    [
        ({}, ["甲方（主办单位）", "乙方（实施单位）"]),
        ({"operator": "甬江公益服务中心"}, ["甲方（主办单位）", "乙方（承办单位）", "丙方（实施单位）"]),
        ({"community": "后大街社区"}, ["甲方（主办单位）", "乙方（实施单位）", "丙方（落地社区）"]),
    ],
)
def test_the_letters_of_the_parties_have_no_gap(people, more, labels):
    agreement = commands.draft_agreement(make_award(make_payee(people), people), people.officer, **more)

    assert [label for label, _party, _said in queries.sides(agreement)] == labels


def test_draft_is_refused_for_an_award_that_is_not_approved(people):
    award = make_award(make_payee(people), people)
    type(award).objects.filter(pk=award.pk).update(status="PROPOSED")

    with pytest.raises(Refused, match="还没有正式立项"):
        commands.draft_agreement(award, people.officer)

    assert not Project.objects.exists()


def test_draft_is_made_once(people):
    agreement = make_agreement(people)

    with pytest.raises(MoveNotAllowed, match="已经拟定过协议"):
        commands.draft_agreement(agreement.project.award, people.officer)


def test_both_sides_accept_and_the_signed_copy_starts_the_project(people):
    agreement = make_agreement(people)

    commands.accept(agreement, PartyCode.ORGANIZATION, people.admin)
    assert again(agreement).status == AgreementStatus.DRAFT
    commands.accept(agreement, PartyCode.BUREAU, people.head)
    assert again(agreement).status == AgreementStatus.ACCEPTED
    commands.store_signed(agreement, make_file(people.officer), people.officer)

    assert again(agreement).status == AgreementStatus.SIGNED
    project = again(agreement.project)
    assert project.status == ProjectStatus.ACTIVE
    assert project.milestones.get(code="agreement").is_met
    assert acts(agreement) == [
        "agreements.draft", "agreements.accept_party", "agreements.accept_party", "agreements.accept",
        "agreements.store_signed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "party"),
    [
        ("accountant", PartyCode.ORGANIZATION),
        ("officer", PartyCode.ORGANIZATION),
        ("admin", PartyCode.BUREAU),
        ("finance", PartyCode.BUREAU),
        ("head", PartyCode.OPERATOR),
    ],
)
def test_nobody_accepts_for_a_party_that_is_not_theirs(people, who, party):
    agreement = make_agreement(people)

    with pytest.raises(Refused, match="您不能代表"):
        commands.accept(agreement, party, getattr(people, who))

    assert not agreement.acceptances.exists()


def test_an_officer_of_another_district_cannot_accept(people):
    agreement = make_agreement(people)
    stranger = make_user("stranger", "BUREAU_OFFICER", region="330212")

    with pytest.raises(Refused, match="您不能代表"):
        commands.accept(agreement, PartyCode.BUREAU, stranger)


def test_a_member_of_the_organization_never_speaks_for_the_bureau(people):
    agreement = make_agreement(people)
    agreement.project.organization.memberships.create(user=people.head, role="READER")

    with pytest.raises(Refused, match="您不能代表"):
        commands.accept(agreement, PartyCode.BUREAU, people.head)


def test_a_party_accepts_once(people):
    agreement = make_agreement(people)
    commands.accept(agreement, PartyCode.ORGANIZATION, people.admin)

    with pytest.raises(MoveNotAllowed, match="这一方已经确认过"):
        commands.accept(agreement, PartyCode.ORGANIZATION, second_admin(agreement))


def second_admin(agreement):
    user = make_user("second_admin")
    agreement.project.organization.memberships.create(user=user, role="ADMIN")
    return user


def test_acceptance_waits_until_the_sums_agree(people):
    agreement = make_agreement(people)
    BudgetLine.objects.filter(project=agreement.project, category="B1").update(amount=1)
    commands.accept(agreement, PartyCode.ORGANIZATION, people.admin)

    with pytest.raises(NotYet, match="预算合计"):
        commands.accept(agreement, PartyCode.BUREAU, people.head)

    assert again(agreement).status == AgreementStatus.DRAFT


def test_signed_copy_is_refused_before_both_accepted(people):
    agreement = make_agreement(people)

    with pytest.raises(MoveNotAllowed):
        commands.store_signed(agreement, make_file(people.officer), people.officer)


def test_pdf_carries_the_amount_in_capitals_and_is_made_once(people):
    project = make_project(people)

    paper = commands.issue_paper(project.agreement, people.officer)

    assert paper.number == "XY-VEN-2026-000118"
    assert commands.issue_paper(project.agreement, people.officer).pk == paper.pk
    assert commands.preview(project.agreement).startswith(b"%PDF")


def test_hold_is_placed_once_and_lifted_by_another_person(people):
    project = make_project(people)
    hold = commands.place_hold(project, "finding-1", "整改未完成", "/cms/", people.head)

    assert commands.place_hold(project, "finding-1", "整改未完成", "/cms/", people.officer).pk == hold.pk
    with pytest.raises(Refused, match="须由他人解除"):
        commands.lift_hold(hold, people.head, "已整改")
    commands.lift_hold(hold, people.officer, "已整改")
    with pytest.raises(MoveNotAllowed, match="已经解除"):
        commands.lift_hold(hold, people.leader, "已整改")

    assert not project.holds.open().exists()
    assert acts(project)[-2:] == ["agreements.place_hold", "agreements.lift_hold"]


def test_final_report_starts_the_closing_phase(people):
    project = make_project(people)

    commands.meet_milestone(project, "final_report", "/r/", people.officer)
    commands.meet_milestone(project, "final_report", "/other/", people.officer)

    assert again(project).status == ProjectStatus.FINISHING
    assert project.milestones.get(code="final_report").path == "/r/"
    met = Event.objects.filter(action="agreements.meet_milestone", object_id=str(project.pk)).latest("pk")
    assert (met.message, met.act) == ("里程碑完成：末期报告通过", "里程碑完成")  # its history says which


def test_unknown_milestone_is_refused(people):
    with pytest.raises(Refused, match="没有“nonsense”这个里程碑"):
        commands.meet_milestone(make_project(people), "nonsense", "", people.officer)


def test_small_shift_is_recorded_and_a_large_one_waits_for_another_person(people):
    project = make_project(people)
    lines = {one.category: one for one in project.budget_lines.all()}

    small = {str(lines["B1"].pk): 19_300 * YUAN, str(lines["B2"].pk): 10_700 * YUAN}
    assert commands.request_amendment(project, small, "调整", people.admin).status == AmendmentStatus.RECORDED
    assert again(lines["B2"]).amount == 10_700 * YUAN

    large = {str(lines["B1"].pk): 9_300 * YUAN, str(lines["B2"].pk): 20_700 * YUAN}
    amendment = commands.request_amendment(project, large, "调整", people.admin)
    assert amendment.status == AmendmentStatus.REQUESTED
    with pytest.raises(MoveNotAllowed, match="还没有批复"):
        commands.request_amendment(project, small, "再调", people.admin)
    with pytest.raises(MoveNotAllowed, match="须由他人批复"):
        commands.approve_amendment(amendment, people.admin)
    commands.approve_amendment(amendment, people.head, "同意")

    assert again(lines["B2"]).amount == 20_700 * YUAN
    assert again(amendment).status == AmendmentStatus.APPROVED


def test_amendment_that_changes_the_total_is_refused(people):
    project = make_project(people)
    line = project.budget_lines.first()

    with pytest.raises(Refused, match="应等于立项金额"):
        commands.request_amendment(project, {str(line.pk): line.amount + 1}, "调整", people.admin)


def test_closing_lists_everything_that_remains(people):
    project = make_project(people)
    commands.place_hold(project, "finding-1", "整改未完成", "", people.head)

    with pytest.raises(NotYet) as refusal:
        commands.close(project, people.officer)

    assert [one.text for one in refusal.value.reasons] == [
        "末期报告还没有提交。",
        "末期评估还没有通过。",
        "专项审计还没有完成。",
        "已立项未拨还有 7,700.00 元（一般公共预算 2026 年）。",
        "已立项未拨还有 30,800.00 元（福彩公益金 2026 年）。",
        "暂缓拨付还没有解除：整改未完成。",
    ]
    assert again(project).status == ProjectStatus.ACTIVE


def test_terminate_then_close_as_failed_still_asks_for_the_money(people):
    project = commands.terminate(make_project(people), people.leader, "单位放弃")

    with pytest.raises(NotYet, match="已立项未拨还有"):
        commands.close(project, people.officer, passed=False)

    assert again(project).status == ProjectStatus.TERMINATED
    assert balances_of("award", project.code)["committed"] == 38_500 * YUAN


def test_suspended_project_resumes(people):
    project = commands.suspend(make_project(people), people.head, "核查")

    assert commands.resume(project, people.head, "核查完毕").status == ProjectStatus.ACTIVE


def test_project_money_reads_the_ledger(people):
    money = queries.project_money(make_project(people), pending={"B1": 100})

    assert (money.amount, money.received, money.spent) == (38_500 * YUAN, 0, 0)
    assert [(one.category, one.approved, one.pending) for one in money.lines] == [
        ("B1", 20_300 * YUAN, 100),
        ("B2", 9_700 * YUAN, 0),
        ("B4", 8_500 * YUAN, 0),
    ]
    assert money.total.left == 38_500 * YUAN - 100


def test_timeline_is_in_order(people):
    moments = queries.timeline(make_project(people))

    assert [one.on for one in moments] == sorted(one.on for one in moments)
    assert {one.lane for one in moments} == {"agreement", "milestone"}


def test_everybody_sees_what_they_must_do(people):
    agreement = make_agreement(people)

    assert [one.kind for one in queries.due(people.admin)] == ["agreements.accept"]
    assert [one.kind for one in queries.due(people.officer)] == ["agreements.accept"]
    assert queries.due(people.accountant) == []

    commands.accept(agreement, PartyCode.ORGANIZATION, people.admin)
    assert queries.due(people.admin) == []
    commands.accept(agreement, PartyCode.BUREAU, people.head)
    assert [one.kind for one in queries.due(again(people.officer))] == ["agreements.store_signed"]


def test_projects_are_seen_in_scope_only(people):
    project = make_project(people)
    stranger = make_user("stranger", "BUREAU_OFFICER", region="330212")

    for who in (people.officer, people.admin, people.accountant, people.treasury):
        assert list(Project.objects.visible_to(who)) == [project]
    assert not Project.objects.visible_to(stranger).exists()
    assert not Agreement.objects.visible_to(stranger).exists()
    assert Tranche.objects.filter(project=project).count() == 3


def test_tranches_that_will_not_be_paid_go_back_to_the_round(people):
    round = make_draft(fen=1_000_000)
    award = make_award(make_payee(people), people, round=round, slot=1)
    project = make_project(people, award)
    before = balance("envelope", "round", round.code)
    amendment = commands.request_release(project, [3], "单位放弃第 3 期", people.officer)

    with pytest.raises(MoveNotAllowed, match="须由他人批复"):
        commands.approve_amendment(amendment, people.officer)
    commands.approve_amendment(amendment, people.leader, "同意")

    assert balances_of("award", project.code)["committed"] == 34_600 * YUAN
    after = balance("envelope", "round", round.code)
    assert sum(after.values()) - sum(before.values()) == 3_900 * YUAN
    assert project.tranches.get(number=3).released_at
    with pytest.raises(Refused, match="没有进入拨付的期次"):
        commands.request_release(project, [3], "再核减", people.officer)
    amendment = commands.request_release(project, [2], "单位放弃第 2 期", people.officer)
    assert [one.state for one in queries.timeline(project) if one.lane == "change"] == ["done", "planned"]
    commands.refuse_amendment(amendment, people.leader, "仍要实施")
    assert [one.state for one in queries.timeline(project) if one.lane == "change"] == ["done"]


def test_a_tranche_under_payment_is_not_given_back(people):
    project = make_project(people, make_award(make_payee(people), people, round=make_draft(fen=1_000_000), slot=1))
    first = project.tranches.get(number=1).amount
    along = ledger.along("award", project.code, "committed", "payable", first)
    ledger.post("approve_tranche", key="t1", transfers=along, by=people.officer, approved_by=people.finance)

    assert [one.number for one in queries.releasable(project)] == [2, 3]
    with pytest.raises(Refused, match="没有进入拨付的期次"):
        commands.request_release(project, [1], "核减", people.officer)

    along = ledger.along("award", project.code, "committed", "payable", project.amount - first)
    ledger.post("approve_tranche", key="t2", transfers=along, by=people.officer, approved_by=people.finance)
    assert not project_policy.user_has_permission_for_instance(people.officer, "release", project)


def test_a_passed_project_gets_a_certificate_with_its_sums(people):
    project = make_project(people)
    project.status = ProjectStatus.CLOSED_PASS

    values = closing_values(project)

    assert (values["title"], values["to"]) == ("结项证书", project.organization.name)
    assert values["rows"][3:] == [
        ["资助金额（元）", "38,500.00"],
        ["已认定支出（元）", "0.00"],
        ["已退回（元）", "0.00"],
    ]
    paper = documents.issue(Kind.CERTIFICATE, f"JX-{project.code}", project.code, values, people.officer)
    assert (paper.get_kind_display(), paper.unit) == ("结项证书", project.organization.name)

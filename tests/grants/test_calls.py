from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from grants.calls import commands, guards, queries, rules
from grants.calls.models import Allocation, CallPage, Envelope, Round
from grants.calls.policies import allocation_policy, policy
from grants.calls.rules import template
from grants.funds import queries as ledger
from grants.funds.rules import FourEyes
from portal import clock
from portal.dynforms.models import FormVersion
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_calls import (
    CLOSES,
    NOON,
    OPENS,
    finance,
    head,
    leader,
    make_budgeted,
    make_draft,
    make_open_round,
    make_page,
    make_published,
    make_source,
    officer,
    person,
    round_fields,
)
from tests.makers import again, make_organization, make_region, make_user

pytestmark = pytest.mark.django_db


def acts(subject):
    return list(Event.objects.for_instance(subject).order_by("id").values_list("action", flat=True))


# rules


@pytest.mark.parametrize(
    ("amount", "is_over", "over"), [(1_200_000, False, 0), (1_200_001, True, 1), (1_200_400, True, 400)]
)
def test_thirty_percent_passes_and_one_fen_more_does_not(amount, is_over, over):
    share = rules.Share("B4", amount, base=4_000_000, cap=3000)
    assert (share.is_over, share.over) == (is_over, over)


def test_a_share_over_its_cap_never_reads_like_the_cap():
    assert str(rules.Share("B4", 1_200_400, base=4_000_000, cap=3000)) == "30.01%"
    assert str(rules.Share("B4", 1_200_001, base=4_000_000, cap=3000)) == "30.01%"
    assert str(rules.Share("B4", 1_200_000, base=4_000_000, cap=3000)) == "30.0%"
    assert str(rules.Share("B4", 1_355_200, base=4_000_000, cap=3000)) == "33.9%"
    assert str(rules.Share("B4", 490_000, base=4_000_000, cap=1225)) == "12.25%"
    assert rules.Share("B4", 1, base=0, cap=3000).is_over


@pytest.mark.parametrize(
    ("permyriad", "words"), [(0, "0%"), (500, "5%"), (1250, "12.5%"), (3001, "30.01%"), (10_000, "100%")]
)
def test_a_cap_is_written_without_empty_decimals(permyriad, words):
    assert rules.percent(permyriad) == words


@pytest.mark.parametrize(
    ("moment", "is_in"),
    [
        (CLOSES, True),
        (CLOSES + timedelta(milliseconds=999), True),
        (CLOSES + timedelta(seconds=1), False),
        (OPENS, True),
        (OPENS - timedelta(seconds=1), False),
    ],
)
def test_the_window_is_exact_to_the_second(moment, is_in):
    assert rules.is_within(moment, OPENS, CLOSES) is is_in


def test_every_fault_of_a_plan_is_told():
    plan = rules.Plan(
        OPENS, OPENS + timedelta(days=14), 0, [("PAPER", 99), ("DEFENCE", 100)], [50, 40], [("福彩2026年度", 100, 60)]
    )
    assert rules.plan_faults(plan) == [
        ("window", "申报期只有 14 天，不得少于 15 天，请推迟截止时间。"),
        ("rubric", "初评评分表合计 99 分，应为 100 分，请调整各项分值。"),
        ("tranches", "拨付比例合计 90%，应为 100%，请调整各期比例。"),
        ("ceiling", "每项最高资助额没有填写，请填写大于 0 的金额。"),
        ("envelopes", "福彩2026年度计划安排 1.00 元，已下达 0.60 元，请先完成资金下达。"),
    ]


def test_the_template_of_a_round_has_no_fault_but_money():
    plan = rules.Plan(
        OPENS, CLOSES, 1, [(one["stage"], one["max_points"]) for one in template.CRITERIA],
        [percent for percent, _milestone in template.TRANCHES], [("福彩2026年度", 1, 1)],
    )  # fmt: skip
    assert rules.plan_faults(plan) == []


def test_the_papers_of_the_template_can_be_judged_without_knowing_who_applies():
    paper = [one["name"] for one in template.CRITERIA if one["stage"] == "PAPER"]
    hints = [
        question["value"].get("criterion", "") for one in template.FORM for question in one["value"]["questions"]
    ]
    assert rules.naming(paper) == []
    assert {hint.split()[0] for hint in hints if hint} <= set(paper)
    assert list(rules.naming_faults([*paper, "团队能力", "单位业绩"])) == [
        (
            "blind",
            "初评不显示申报单位，无法评价：团队能力、单位业绩。请把这些评分项改成看方案就能评的内容，或移到答辩。",
        )
    ]


# money


def test_allocating_posts_into_the_envelope_and_the_last_one_budgets_the_round():
    round = make_draft(fen=30_000_000)
    source = make_source()

    commands.allocate(round, source, 2026, 10_000_000, by=finance(), approved_by=leader())
    assert again(round).status == "DRAFT"
    commands.allocate(round, source, 2026, 20_000_000, by=finance(), approved_by=leader())

    assert again(round).status == "BUDGETED"
    assert ledger.balance("envelope", "round", "R2026") == {"LOTTERY": 30_000_000}
    assert Envelope.objects.get().amount == 30_000_000
    assert acts(round) == [
        "calls.draft", "calls.request_allocation", "calls.allocate", "calls.request_allocation", "calls.allocate",
        "calls.budget",
    ]  # fmt: skip


def test_allocation_needs_two_persons():
    round = make_draft()
    asked = commands.request_allocation(round.envelopes.get(), 30_000_000, by=leader())
    with pytest.raises(FourEyes, match="另一位同事"):
        commands.approve_allocation(asked, by=leader())
    assert not allocation_policy.user_has_permission_for_instance(leader(), "approve_allocation", asked)
    assert again(asked).status == "REQUESTED"
    assert ledger.balance("envelope", "round", "R2026") == {"LOTTERY": 0}
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=asked.pk).update(decided_by=leader())


def test_allocation_is_refused_above_the_plan_above_the_source_and_twice_at_once():
    round = make_draft(fen=200_000_000)
    envelope = round.envelopes.get()
    with pytest.raises(Refused, match="2,000,000.00 元"):
        commands.request_allocation(envelope, 200_000_001, by=finance())
    asked = commands.request_allocation(envelope, 200_000_000, by=finance())
    with pytest.raises(MoveNotAllowed, match="待审批"):
        commands.request_allocation(envelope, 1, by=finance())
    assert not allocation_policy.user_has_permission_for_instance(leader(), "approve_allocation", asked)
    with pytest.raises(NotYet, match="可用指标只有 1,500,000.00 元，还差 500,000.00 元。.*账务处理"):
        commands.approve_allocation(asked, by=leader())
    refused = commands.refuse_allocation(asked, by=leader(), reason="额度不够")
    assert (refused.status, again(envelope).amount) == ("REFUSED", 0)
    with pytest.raises(MoveNotAllowed):
        commands.approve_allocation(asked, by=leader())


def test_a_planned_amount_cannot_fall_below_what_is_allocated():
    round = make_draft(fen=30_000_000)
    source = make_source()
    commands.allocate(round, source, 2026, 20_000_000, by=finance(), approved_by=leader())
    with pytest.raises(Refused, match="已下达 200,000.00 元"):
        commands.revise_round(round, by=officer(), envelopes=[(source, 2026, 10_000_000)])
    with pytest.raises(Refused, match="不能删除"):
        commands.revise_round(round, by=officer(), envelopes=[])


# publishing


def test_publishing_freezes_the_form_opens_the_round_and_tells_people():
    admin = make_user("admin")
    make_organization(admin=admin)

    round = make_published()

    page = CallPage.objects.get()
    assert (round.status, round.published_by, page.live) == ("OPEN", head(), True)
    assert page.form_version == FormVersion.objects.get()
    assert acts(round)[-2:] == ["calls.publish", "calls.open"]
    told = Notice.objects.filter(kind="calls.published").values_list("recipient__username", flat=True)
    assert sorted(told) == ["admin", "officer"]


def test_a_round_published_before_its_window_waits():
    with clock.at(OPENS - timedelta(days=3)):
        round = make_budgeted()
        commands.submit_page(make_page(round), by=officer())
        round = commands.approve_page(round, by=head())
    assert round.status == "PUBLISHED"
    assert not round.takes_applications(OPENS - timedelta(seconds=1))
    assert round.takes_applications(OPENS)


def test_the_author_cannot_publish_even_as_head_or_superuser():
    round = make_budgeted()
    page = make_page(round)
    both = person("both", "BUREAU_HEAD", "BUREAU_OFFICER")
    page.save_revision(user=both)
    commands.submit_page(page, by=officer())
    root = make_user("root", is_superuser=True, is_staff=True)
    for someone, words in ((both, "起草或修改过"), (officer(), "科长"), (root, "科长"), (None, "科长")):
        with pytest.raises(FourEyes, match=words):
            commands.publish(page.get_latest_revision(), by=someone)
    root_head = person("root_head", "BUREAU_HEAD")
    root_head.is_superuser = True
    root_head.save()
    page.save_revision(user=root_head)
    with pytest.raises(FourEyes, match="起草或修改过"):
        commands.publish(page.get_latest_revision(), by=root_head)
    assert not policy.user_has_permission_for_instance(both, "publish", round)
    assert (again(round).status, again(page).live, FormVersion.objects.count()) == ("BUDGETED", False, 0)


def test_a_head_of_another_district_cannot_publish():
    round = make_budgeted()
    page = make_page(round)
    stranger = make_user("stranger", "BUREAU_HEAD", region="330212")
    with pytest.raises(FourEyes, match="本区域"):
        commands.publish(page.get_latest_revision(), by=stranger)


def test_wagtails_own_ways_of_publishing_are_closed():
    from wagtail.actions.publish_page_revision import PublishPageRevisionAction

    round = make_budgeted()
    page = make_page(round)
    revision = page.get_latest_revision()
    with pytest.raises(MoveNotAllowed, match="另一人审核"), transaction.atomic():
        PublishPageRevisionAction(revision, user=head()).execute(skip_permission_checks=True)
    with pytest.raises(MoveNotAllowed), transaction.atomic():
        page.live = True
        page.save()
    with pytest.raises(FourEyes):
        revision.publish(user=None)
    assert again(page).live is False


def test_publishing_is_refused_with_every_reason_while_the_round_is_unready():
    with clock.at(NOON):
        round = make_draft(closes_at=OPENS + timedelta(days=10), criteria=[], tranches=[(50, "agreement")])
        page = make_page(round)
        Round.objects.filter(pk=round.pk).update(status="BUDGETED")
        commands.submit_page(page, by=officer())
        with pytest.raises(NotYet) as refused:
            commands.approve_page(round, by=head())
    assert [reason.code for reason in refused.value.reasons] == ["window", "rubric", "tranches", "envelopes"]
    assert (again(round).status, again(page).live) == ("BUDGETED", False)
    assert page.current_workflow_task_state.status == "in_progress"


def test_a_rubric_that_judges_the_applicant_is_refused_before_publication_but_may_stand_in_the_defence():
    def judged(stage):
        team = {"stage": stage, "code": "T", "name": "团队能力", "max_points": 100}
        return [one for one in template.CRITERIA if one["stage"] != stage] + [team]

    round = make_draft(criteria=judged("PAPER"))
    assert [one.code for one in guards.unready(round) if one.code not in ("envelopes", "past")] == ["blind"]
    commands.revise_round(round, by=officer(), criteria=judged("DEFENCE"))
    assert [one.code for one in guards.unready(round) if one.code not in ("envelopes", "past")] == []


def test_a_notice_with_its_placeholder_is_neither_sent_nor_published():
    with clock.at(NOON):
        round = make_budgeted()
        page = make_page(round)
        page.summary = template.SUMMARY
        page.save_revision(user=officer())
        words = "“资助什么”还没有写，请打开通知填写"
        assert [str(one) for one in policy.open_reasons("submit_notice", again(round))][0].find(words) > 0
        with pytest.raises(NotYet, match=words):
            commands.submit_page(page, by=officer())
        page.summary = "资助为老服务。"
        page.save_revision(user=officer())
        commands.submit_page(page, by=officer())
        page.summary = " "
        page.save_revision(user=officer())
        assert [one.code for one in guards.unready(again(round))] == ["blank"]
        with pytest.raises(NotYet, match=words):
            commands.approve_page(round, by=head())
    assert (again(round).status, again(page).live) == ("BUDGETED", False)


def test_a_published_round_keeps_its_rules_but_its_text_can_be_corrected():
    round = make_published()
    with pytest.raises(NotYet, match="不能再改"):
        commands.revise_round(round, by=officer(), ceiling=9_900_000)
    page = CallPage.objects.get()
    first = page.form_version
    page.summary = "更正后的导语"
    page.form = template.FORM[:2]
    page.save_revision(user=officer())
    commands.submit_page(page, by=officer())
    with clock.at(NOON):
        commands.approve_page(round, by=head())
    page = CallPage.objects.get()
    assert (page.summary, again(round).status) == ("更正后的导语", "OPEN")
    assert page.form_version != first
    assert FormVersion.objects.filter(pk=first.pk).exists()


def test_the_task_offers_approval_only_to_another_head():
    round = make_budgeted()
    page = make_page(round)
    commands.submit_page(page, by=officer())
    task = page.current_workflow_task.specific
    head_user = head()
    head_user.groups.add(*task.groups.all())
    with clock.at(NOON):
        names = [name for name, _label, _more in task.get_actions(page, head_user)]
        late = clock.now() + timedelta(days=90)
    with clock.at(late):
        assert [name for name, _label, _more in task.get_actions(page, head_user)] == ["reject"]
        assert "申报截止时间已经过了" in " ".join(str(one) for one in guards.unready(round))
    assert names == ["reject", "approve"]
    page.save_revision(user=head_user)
    assert task.get_actions(page, head_user) == []
    assert task.get_actions(page, officer()) == []
    assert task.locked_for_user(page, officer())
    assert not task.user_can_access_editor(page, head_user)


def test_a_rejected_notice_goes_back_to_its_author():
    round = make_budgeted()
    page = make_page(round)
    commands.submit_page(page, by=officer())
    commands.reject_page(round, by=head(), reason="附件不全")
    assert not again(page).workflow_in_progress or again(page).current_workflow_state.status == "needs_changes"
    assert Notice.objects.get(kind="calls.rejected").body == "审核意见：附件不全。请修改后重新提交审核。"


# clock and marks


def test_the_jobs_mark_words_and_decide_nothing():
    with clock.at(OPENS - timedelta(days=3)):
        round = make_budgeted()
        commands.submit_page(make_page(round), by=officer())
        commands.approve_page(round, by=head())
    with clock.at(CLOSES):
        assert (commands.open_due(), commands.close_due()) == (1, 0)
        assert again(round).status == "OPEN"
    late = CLOSES + timedelta(seconds=1)
    with clock.at(late):
        assert commands.close_due() == 1
    closed = again(round)
    assert (closed.status, closed.stage) == ("CLOSED", "SCREENING")
    assert closed.takes_applications(CLOSES)  # arrived in time, waited for a lock
    assert not closed.takes_applications(late)
    assert Notice.objects.filter(kind="calls.closed").count() == 1


def test_suspending_stops_the_window_and_resuming_opens_it_again():
    round = make_published()
    with clock.at(NOON):
        assert not commands.suspend(round, by=head(), reason="复核").takes_applications(NOON)
        assert commands.resume(round, by=head()).status == "OPEN"


def test_a_code_is_used_once():
    make_draft()
    with pytest.raises(Refused, match="已经用过"):
        commands.draft_round(officer(), **round_fields())


# reading


def test_staff_see_rounds_of_their_tree_and_above_and_anybody_else_what_is_published():
    draft = make_draft()
    street = make_user("street", "STREET", region="330211001")
    other = make_user("other", "BUREAU_OFFICER", region="330212")
    anybody = make_user("anybody")
    visible = [list(Round.objects.visible_to(one)) for one in (officer(), street, other, anybody)]
    assert visible == [[draft], [draft], [], []]
    Round.objects.filter(pk=draft.pk).update(status="PUBLISHED", published_by=head())
    assert [list(Round.objects.visible_to(one)) for one in (other, anybody)] == [[], [draft]]


def test_eligibility_is_dated():
    round = make_open_round()
    round.eligibility_rules.create(
        code="E05", text="两年内", number=730, valid_from=datetime(2026, 6, 1).date(), position=4
    )
    on = {day: next(r for r in queries.eligibility(round, day) if r.code == "E05").number
          for day in (NOON.date(), datetime(2026, 6, 1).date())}  # fmt: skip
    assert list(on.values()) == [365, 730]


def test_the_public_list_takes_the_same_queries_for_one_and_many(django_assert_num_queries):
    make_published()
    with clock.at(NOON), django_assert_num_queries(2):
        found = queries.notices("open")
    assert [(one.word, one.days_left, one.envelope) for one in found] == [("申报中", 17, 30_000_000)]
    with clock.at(CLOSES + timedelta(days=1)):
        assert queries.notices("open") == []
        assert [one.word for one in queries.notices("over")] == ["已截止"]


def test_work_lists_name_what_each_role_must_do():
    with clock.at(NOON):
        round = make_draft()
        asked = commands.request_allocation(round.envelopes.get(), 30_000_000, by=finance())
        assert [due.kind for due in queries.due(leader())] == ["calls.allocate"]
        commands.approve_allocation(asked, by=leader())
        assert [due.kind for due in queries.due(officer())] == ["calls.draft"]
        commands.submit_page(make_page(round), by=officer())
        assert [due.title for due in queries.due(head())] == [f"审核发布 · {round}"]
        assert queries.due(officer()) == queries.due(make_user("nobody")) == []


def test_guards_ask_for_the_notice():
    round = make_budgeted()
    assert [one.code for one in guards.unwritten(round)] == ["page"]
    make_page(round)
    assert [one.code for one in guards.unwritten(again(round))] == ["workflow"]


def test_policy_names_the_role_that_may():
    round = make_draft()
    with pytest.raises(PermissionDenied, match="科长"):
        policy.require(officer(), "publish", round)
    assert make_region("330211") == round.region

"""Engagements and samples: opened by auditors, drawn in public, closed when all is settled."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from grants.agreements.models import Milestone
from grants.audits import commands, queries, rules
from grants.audits.commands.engagement import NotIndependent, NotNamed
from grants.audits.models import Engagement, Finding, Sample
from grants.audits.policies import engagement_policy
from grants.audits.states import EngagementStatus, Result
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_audits import make_auditor, make_engagement, make_finding, make_spent, walk
from tests.grants.makers_spending import TODAY, image, make_people, make_project
from tests.makers import again, make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def project(people):
    return make_project(people)


POPULATION = [(f"key{number:02d}", 100 * (number + 1)) for number in range(20)]


# rules: the public algorithm


def test_the_draw_is_what_anybody_computes_from_the_seed():
    lines = "\n".join(f"{key}:{fen}" for key, fen in sorted(POPULATION))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    lots = {key: hashlib.sha256(f"demo:{digest}:{key}".encode()).hexdigest() for key, _fen in POPULATION}

    assert rules.population_sha256(POPULATION) == digest
    assert rules.draw(POPULATION, method="RANDOM", size=4, seed="demo") == sorted(lots, key=lots.get)[:4]


def test_the_order_of_the_population_does_not_matter_but_its_content_does():
    one = rules.draw(POPULATION, method="RANDOM", size=5, seed="s")
    assert rules.draw(POPULATION[::-1], method="RANDOM", size=5, seed="s") == one
    changed = [(key, fen + (key == "key00")) for key, fen in POPULATION]
    assert rules.population_sha256(changed) != rules.population_sha256(POPULATION)


@pytest.mark.parametrize("seed", ["a", "b", "2026-08-14"])
def test_monetary_sampling_never_misses_a_row_above_the_interval(seed):
    rows = [*POPULATION, ("large", 10_000_00)]
    drawn = rules.draw(rows, method="MONETARY", size=5, seed=seed)
    assert "large" in drawn
    assert len(drawn) == len(set(drawn)) <= 5


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2), (100, 20), (101, 21)])
def test_twenty_percent_rounded_up(count, size):
    assert rules.usual_size(count) == size


def test_the_table_has_thirty_types_with_known_severities():
    assert list(rules.FINDING_TYPES) == [f"F{number:02d}" for number in range(1, 31)]
    assert {one for kind in rules.FINDING_TYPES.values() for one in kind.severities} <= set(rules.SEVERITIES)


@pytest.mark.parametrize(("before", "after"), [("L", "M"), ("M", "H"), ("H", "K"), ("K", "K")])
def test_a_repeated_finding_is_raised_by_one(before, after):
    assert rules.raised(before) == after


# engagements


def test_an_auditor_opens_an_engagement_and_is_named_in_it(project):
    one = make_engagement(project, status="PLANNED")
    assert (one.number, one.status, one.due_on) == ("SJ-2026-0001", EngagementStatus.PLANNED, date(2026, 8, 28))
    assert [user.username for user in queries.auditors(one)] == ["auditor", "second"]
    assert Event.objects.for_instance(one).filter(action="audits.open").count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "title"),
        ({"projects": []}, "projects"),
        ({"period_to": date(2026, 1, 1)}, "period"),
        ({"region": "330212"}, "region"),
    ],
)
def test_an_engagement_is_refused_with_the_reason(project, values, code):
    if "region" in values:
        values = {"region": make_region(values["region"])}
    asked = {
        "title": "审计", "region": make_region("330211"), "projects": [project], "period_from": date(2026, 4, 1),
        "period_to": date(2026, 12, 31), **values,
    }  # fmt: skip
    with pytest.raises(NotYet) as told:
        commands.open_engagement(by=make_auditor(), **asked)
    assert [one.code for one in told.value.reasons] == [code]
    assert Engagement.objects.count() == 0


def test_members_and_laymen_are_not_named(people, project):
    one = make_engagement(project, status="PLANNED")
    member = make_auditor("member")
    Membership.objects.create(organization=project.organization, user=member, role=MemberRole.READER)
    with pytest.raises(NotIndependent):
        commands.name_auditor(one, by=make_auditor(), auditor=member)
    with pytest.raises(NotYet, match="不是审计人员"):
        commands.name_auditor(one, by=make_auditor(), auditor=people.officer)


def test_only_named_auditors_see_and_work(people, project):
    one = make_engagement(project, status="PLANNED")
    outsider = make_auditor("outsider")
    seen = {user.username: Engagement.objects.visible_to(user).count() for user in (
        make_auditor(), make_auditor("second"), outsider, people.head, people.officer, people.admin
    )}  # fmt: skip
    assert seen == {"auditor": 1, "second": 1, "outsider": 0, "head": 1, "officer": 0, "admin": 0}
    with pytest.raises(NotNamed):
        commands.notify(one, by=outsider)
    assert engagement_policy.user_has_permission_for_instance(outsider, "notify", one) is False
    outsider = make_auditor()
    outsider.is_active = False
    assert Engagement.objects.visible_to(outsider).count() == 0


def test_the_notice_reaches_the_organization(people, project):
    make_engagement(project, status="NOTIFIED")
    assert list(Notice.objects.values_list("recipient__username", "kind")) == [("admin", "audits.notified")]


# samples


def test_a_sample_is_locked_and_recomputed(people, project):
    make_spent(project, people)
    engagement = make_engagement(project)

    drawn = commands.draw_sample(engagement, by=make_auditor(), size=3, seed="2026-08-14 摇号")

    assert (drawn.number, drawn.size, drawn.population_count, drawn.population_sum) == (1, 3, 10, 1_450_00)
    keys = [item.expenditure.key for item in drawn.items.select_related("expenditure")]
    assert keys == rules.draw(
        [tuple(row) for row in drawn.population], method="RANDOM", size=3, seed="2026-08-14 摇号"
    )
    assert queries.is_true(drawn)
    assert sum(one.count for one in queries.histogram(drawn)) == 10
    assert sum(one.drawn for one in queries.histogram(drawn)) == 3
    for change in ("UPDATE audits_sample SET seed = 'x'", "DELETE FROM audits_sample"):
        from django.db import connection

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_swapped_row_shows(people, project):
    spent = make_spent(project, people)
    drawn = commands.draw_sample(make_engagement(project), by=make_auditor(), size=3, seed="s")
    inside = {item.expenditure_id for item in drawn.items.all()}
    drawn.items.filter(position=1).update(expenditure=next(one for one in spent if one.pk not in inside))
    assert queries.is_true(drawn) is False


def test_without_a_size_a_fifth_is_drawn_and_the_seed_is_shown(people, project):
    make_spent(project, people, 6)
    drawn = commands.draw_sample(make_engagement(project), by=make_auditor())
    assert (drawn.size, drawn.items.count(), len(drawn.seed)) == (2, 2, 32)


def test_a_second_draw_keeps_the_first_and_needs_a_reason(people, project):
    make_spent(project, people)
    engagement = make_engagement(project)
    first = commands.draw_sample(engagement, by=make_auditor(), seed="1")
    with pytest.raises(NotYet, match="理由"):
        commands.draw_sample(engagement, by=make_auditor(), seed="2")
    second = commands.draw_sample(engagement, by=make_auditor(), seed="2", reason="总体漏了一个期间")
    assert (second.number, queries.sample(engagement)) == (2, second)
    assert Sample.objects.filter(pk=first.pk).exists() and queries.is_true(first)


@pytest.mark.parametrize(("size", "code"), [(11, "size"), (-1, "size")])
def test_a_wrong_size_is_refused(people, project, size, code):
    make_spent(project, people)
    with pytest.raises(NotYet) as told:
        commands.draw_sample(make_engagement(project), by=make_auditor(), size=size)
    assert [one.code for one in told.value.reasons] == [code]


def test_nothing_to_draw_from_is_said(project):
    with pytest.raises(NotYet, match="总体里没有支出"):
        commands.draw_sample(make_engagement(project), by=make_auditor())


def test_sampling_belongs_to_the_fieldwork_and_the_named(people, project):
    make_spent(project, people, 2)
    engagement = make_engagement(project, status="NOTIFIED")
    with pytest.raises(MoveNotAllowed):
        commands.draw_sample(engagement, by=make_auditor())
    commands.start(engagement, by=make_auditor())
    with pytest.raises(NotNamed):
        commands.draw_sample(engagement, by=make_auditor("outsider"))


def test_a_mismatch_needs_a_note(people, project):
    make_spent(project, people, 2)
    item = commands.draw_sample(make_engagement(project), by=make_auditor(), size=1).items.get()
    with pytest.raises(NotYet, match="哪里不符"):
        commands.test_item(item, by=make_auditor(), result=Result.MISMATCH)
    item = commands.test_item(item, by=make_auditor(), result=Result.MISMATCH, note="抬头不是本单位")
    assert (item.result, item.tested_by) == (Result.MISMATCH, make_auditor())


# the way of an engagement


def finish_tests(engagement):
    for item in queries.sample(engagement).items.all():
        commands.test_item(item, by=make_auditor(), result=Result.OK)


def to_state(engagement, people, status):
    """Walk a FIELDWORK engagement on, without findings."""
    steps = {
        "DRAFT": lambda: commands.draft(engagement, by=make_auditor()),
        "RESPONDED": lambda: commands.respond_report(engagement, by=make_auditor()),
        "ISSUED": lambda: commands.issue_report(
            engagement, by=make_auditor(), conclusion="本期收支真实、合规，没有发现问题。"
        ),
        "CLOSED": lambda: commands.close(engagement, by=people.head),
    }
    order = list(steps)
    for name in order[: order.index(status) + 1] if status in order else []:
        steps[name]()
    return again(engagement)


def test_an_audit_without_findings_meets_the_milestone(people, project):
    make_spent(project, people, 2)
    engagement = make_engagement(project)
    commands.draw_sample(engagement, by=make_auditor(), size=1)
    with pytest.raises(NotYet, match="没有测试结果"):
        commands.draft(engagement, by=make_auditor())
    finish_tests(engagement)
    commands.draft(engagement, by=make_auditor())
    commands.respond_report(engagement, by=make_auditor())
    with pytest.raises(NotYet, match="没有发现问题也要写明"):
        commands.issue_report(engagement, by=make_auditor(), conclusion="")
    commands.issue_report(engagement, by=make_auditor(), conclusion="本期收支真实、合规，没有发现问题。")
    closed = commands.close(engagement, by=people.head)

    assert (closed.status, closed.due_on) == (EngagementStatus.CLOSED, None)
    mark = Milestone.objects.get(project=project, code="audit")
    assert (mark.met_by, mark.path) == (people.head, f"/audits/{closed.key}/")


def test_an_engagement_does_not_close_over_an_open_finding(people, project):
    spent = make_spent(project, people, 2)
    engagement = make_engagement(project)
    commands.draw_sample(engagement, by=make_auditor(), size=1)
    finish_tests(engagement)
    finding = make_finding(engagement, spent[0])
    commands.draft(engagement, by=make_auditor())
    with pytest.raises(NotYet, match="没有征求意见"):
        commands.respond_report(engagement, by=make_auditor())
    walk(finding, people, "ISSUED")
    commands.respond_report(engagement, by=make_auditor())
    commands.issue_report(engagement, by=make_auditor(), conclusion="发现一个问题，其余收支合规。")
    with pytest.raises(NotYet, match="还没有销号"):
        commands.close(engagement, by=people.head)
    assert Milestone.objects.get(project=project, code="audit").met_at is None
    commands.order(finding, by=people.head, measures="退回款项")
    commands.reply(finding, by=people.admin, text="已经全部整改完毕，附证明。", files=[image()])
    commands.verify(finding, by=make_auditor("second"), text="已核对银行回单")
    commands.settle(finding, by=people.head)
    commands.close(engagement, by=people.head)
    assert Milestone.objects.get(project=project, code="audit").met_at is not None


def test_a_head_who_belongs_to_the_organization_does_not_close(people, project):
    make_spent(project, people, 1)
    engagement = make_engagement(project)
    commands.draw_sample(engagement, by=make_auditor(), size=1)
    finish_tests(engagement)
    engagement = to_state(engagement, people, "ISSUED")
    Membership.objects.create(organization=project.organization, user=people.head, role=MemberRole.READER)
    with pytest.raises(NotIndependent):
        commands.close(engagement, by=people.head)


def test_a_head_of_another_district_sees_nothing(people, project):
    engagement = make_engagement(project)
    make_finding(engagement)
    far = make_user("far", Role.BUREAU_HEAD, region="330212")
    assert (Engagement.objects.visible_to(far).count(), Finding.objects.visible_to(far).count()) == (0, 0)

"""Ending a project before its time: asked by one, heard, decided by a leader; what is held is claimed back."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from grants.agreements import commands as agreements
from grants.agreements.models import Amendment
from grants.agreements.queries import due, timeline
from grants.agreements.states import ProjectStatus
from grants.funds.queries import balances_of
from grants.payments import commands, queries
from grants.payments.models import BankLine, Payment, Refund
from grants.payments.states import PaymentStatus as S
from portal import clock
from portal.documents.models import Paper
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_agreements import YUAN, make_people
from tests.grants.makers_calls import make_draft
from tests.grants.makers_payments import advance, incoming, make_ready, statement
from tests.makers import again

pytestmark = pytest.mark.django_db
WHY = "项目负责人离职，无法继续实施。"


@pytest.fixture
def people(db):
    return make_people()


@pytest.fixture
def project(people):
    return make_ready(people, round=make_draft(fen=1_000_000), slot=1, shares={"LOTTERY": 38_500 * YUAN})


def money(owner, code):
    return {kind: fen for kind, fen in balances_of(owner, code).items() if fen}


def later(days: int = 7):
    return clock.at(clock.now() + timedelta(days=days))


def closings(people):
    return [one.title for one in due(people.officer) if one.kind == "agreements.close"]


def ended(project, people):
    asked = agreements.request_termination(project, WHY, people.officer)
    with later():
        agreements.approve_amendment(asked, people.leader, "同意")
    return again(asked)


def test_ending_waits_for_the_hearing_and_for_a_leader(project, people):
    asked = agreements.request_termination(project, WHY, people.officer)

    assert Notice.objects.filter(kind="agreements.termination_asked", recipient=people.admin).count() == 1
    with pytest.raises(NotYet, match="陈述意见期"):
        agreements.approve_amendment(asked, people.leader)
    with later():
        with pytest.raises(MoveNotAllowed, match="须由他人批复"):
            agreements.approve_amendment(asked, people.officer)
        with pytest.raises(MoveNotAllowed, match="分管领导"):
            agreements.approve_amendment(asked, people.head)
    with pytest.raises(MoveNotAllowed, match="还没有批复"):
        agreements.request_termination(project, WHY, people.head)

    assert again(project).status == ProjectStatus.ACTIVE
    assert money("award", project.code) == {"committed": 38_500 * YUAN}


def test_what_is_held_becomes_recoverable_and_what_was_not_paid_goes_back(project, people):
    payment = advance(project, people, S.RECEIPTED)
    before = money("round", project.award.round.code).get("envelope", 0)

    asked = ended(project, people)

    assert again(project).status == ProjectStatus.TERMINATED
    assert asked.amounts == {"recoverable": payment.amount, "envelope": project.amount - payment.amount}
    assert money("award", project.code) == {"recoverable": payment.amount}
    assert money("round", project.award.round.code)["envelope"] - before == project.amount - payment.amount
    released = project.tranches.filter(released_at__isnull=False).values_list("number", flat=True)
    assert list(released.order_by("number")) == [2, 3]
    assert Event.objects.filter(action="agreements.terminate").count() == 1
    told = [one.title for one in timeline(again(project))]
    assert told[-2:] == ["第 1 次变更：终止并追回", "项目终止"]  # and no milestone after it
    with pytest.raises(MoveNotAllowed):
        agreements.request_termination(project, WHY, people.officer)


def test_money_on_its_way_is_waited_for(project, people):
    advance(project, people, S.APPROPRIATED)
    asked = agreements.request_termination(project, WHY, people.officer)

    with later(), pytest.raises(NotYet, match="财政已拨在途还有"):
        agreements.approve_amendment(asked, people.leader)

    assert again(project).status == ProjectStatus.ACTIVE


def test_a_refused_termination_changes_nothing(project, people):
    asked = agreements.request_termination(project, WHY, people.officer)

    agreements.refuse_amendment(asked, people.leader, "单位已另派负责人")

    assert (again(asked).status, again(project).status) == ("REFUSED", ProjectStatus.ACTIVE)


def test_what_is_claimed_back_arrives_and_the_project_closes_as_failed(project, people):
    payment = advance(project, people, S.RECEIPTED)
    ended(project, people)
    recover = [(one.title, one.url) for one in queries.due(people.officer) if one.kind == "payments.recover"]
    assert recover == [(f"登记追回 · {project.title}", reverse("staff_register_recovery", args=[project.pk]))]
    assert closings(people) == []  # nothing to do before the money is back
    with pytest.raises(NotYet, match="应追回还有"):
        agreements.close(project, people.officer, passed=False)
    source = project.award.shares.get().source.code
    with pytest.raises(Refused, match="最多可退 0.00 元"):
        commands.register_refund(project, {source: 1}, by=people.officer, reason="结余")
    refund = commands.register_refund(
        project, {source: payment.amount}, by=people.officer, reason="追回", kind="RECOVERY"
    )
    commands.import_statement(statement([incoming(payment.amount)]), by=people.cashier)
    assert [one for one in queries.due(people.officer) if one.kind == "payments.recover"] == []

    commands.match_refund(refund, BankLine.objects.get(direction="IN"), by=people.finance)
    assert closings(people) == [f"办理结项 · {project.title}"]
    agreements.close(project, people.officer, passed=False)

    assert again(project).status == ProjectStatus.CLOSED_FAIL
    assert money("award", project.code) == {"returned": payment.amount}
    paper = Paper.objects.get(number=f"JX-{project.code}")
    assert (paper.kind, paper.title) == ("OTHER", "结项通知书（未通过）")


def doors(page: str) -> list[tuple[str, str]]:
    """What the page offers about money that comes back: (url, words) of each button."""
    return re.findall(r'href="([^"]*/(?:recovery|refund|refunds)/[^"]*)">([^<]+)</a>', page)


def test_termination_and_recovery_on_the_screens(client, project, people):
    payment = advance(project, people, S.RECEIPTED)
    source = project.award.shares.get().source.code
    client.force_login(people.leader)
    assert client.post(reverse("staff_projects:terminate", args=[project.pk]), {"reason": WHY}).status_code == 403
    client.force_login(people.officer)
    page = client.get(reverse("staff_projects:terminate", args=[project.pk])).content.decode()
    assert "转为“应追回”" in page
    asked = client.post(reverse("staff_projects:terminate", args=[project.pk]), {"reason": WHY})
    amendment = Amendment.objects.get()
    assert asked.url == reverse("staff_amendments:inspect", args=[amendment.pk])
    approve = reverse("staff_amendments:approve", args=[amendment.pk])
    client.force_login(people.leader)
    assert "陈述意见期" in client.get(approve).content.decode()
    with later():
        assert client.post(approve, {"note": "同意"}).status_code == 302
    assert again(project).status == ProjectStatus.TERMINATED
    client.force_login(people.officer)
    shown = client.get(reverse("staff_projects:inspect", args=[project.pk])).content.decode()
    url = reverse("staff_register_recovery", args=[project.pk])
    assert doors(shown) == [(url, "登记追回")]
    too_much = client.post(url, {f"source_{source}": "99999999", "reason": "追回"})
    assert too_much.status_code == 422
    given = client.post(url, {f"source_{source}": f"{payment.amount // 100}", "reason": "追回未认定的资金"})
    refund = Refund.objects.get()
    assert given.url == reverse("staff_refunds:inspect", args=[refund.pk])
    assert (refund.kind, refund.amount) == ("RECOVERY", payment.amount)
    assert "都已登记、等待到账" in client.get(url).content.decode()
    after = client.get(reverse("staff_projects:inspect", args=[project.pk])).content.decode()
    assert doors(after) == [(given.url, f"退款 {refund.code} 待到账")]
    with later(30):
        assert "逾期" in client.get(reverse("staff_refunds:index")).content.decode()
    client.force_login(people.admin)
    assert client.get(url).status_code in (302, 403, 404)


def test_no_way_out_is_the_main_button(client, project, people):
    client.force_login(people.officer)
    page = client.get(reverse("staff_projects:inspect", args=[project.pk])).content.decode()
    terminate = reverse("staff_projects:terminate", args=[project.pk])
    assert f'<a class="button button-secondary" href="{terminate}">' in page


def test_a_returned_payment_is_cancelled_by_the_officer(client, project, people):
    payment = advance(project, people, S.REQUESTED)
    url = reverse("staff_cancel_tranche", args=[payment.pk])
    client.force_login(people.officer)
    assert client.post(url, {"reason": "单位不再请款"}).status_code == 403
    commands.return_(payment, reason="材料不齐", by=people.officer)
    assert "取消请款" in client.get(reverse("staff_payments:inspect", args=[payment.pk])).content.decode()
    client.force_login(people.treasury)
    assert client.post(url, {"reason": "单位不再请款"}).status_code == 403
    client.force_login(people.officer)
    assert client.post(url, {"reason": ""}).status_code == 422

    assert client.post(url, {"reason": "单位不再请款"}).status_code == 302

    assert Payment.objects.get().status == S.CANCELLED
    assert client.post(url, {"reason": "单位不再请款"}).status_code == 403
    assert money("award", project.code) == {"committed": 38_500 * YUAN}

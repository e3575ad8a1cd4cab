"""Findings: hearing before harm, holds, money back, and another person's eyes."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from grants.agreements.models import Hold
from grants.audits import commands, queries
from grants.audits.commands.engagement import NotIndependent
from grants.audits.commands.finding import NotTheOrganization
from grants.audits.models import Engagement, Finding
from grants.audits.policies import finding_policy
from grants.audits.states import FindingStatus, Outcome, Severity
from grants.funds import commands as ledger
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_audits import REPLY, make_auditor, make_engagement, make_finding, make_spent, walk
from tests.grants.makers_spending import TODAY, balances, image, make_people, make_project
from tests.makers import again, make_user

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


@pytest.fixture
def spent(people, project):
    return make_spent(project, people, 2)


@pytest.fixture
def finding(project, spent):
    return make_finding(make_engagement(project), spent[0])


def open_holds(project):
    return list(Hold.objects.filter(project=project, lifted_at__isnull=True).values_list("code", flat=True))


def give_back(project, fen):
    finance, leader = make_user("f9", Role.BUREAU_FINANCE), make_user("l9", Role.BUREAU_LEADER)
    ledger.post(
        "refund", key="refund", transfers=ledger.along("award", project.code, "recoverable", "returned", fen),
        by=finance, approved_by=leader,
    )  # fmt: skip


def test_the_whole_way_holds_pays_back_and_lifts(people, project, finding):
    walk(finding, people, "HEARD")
    assert again(finding).due_on == date(2026, 8, 28)
    assert open_holds(project) == []
    walk_on = [
        (lambda: commands.respond(finding, by=people.admin, text="情况属实，同意"), "HEARD"),
        (lambda: commands.issue(finding, by=make_auditor()), "ISSUED"),
        (lambda: commands.disallow(finding, by=people.head, fen=80_00), "ISSUED"),
        (lambda: commands.order(finding, by=people.head, measures="退回款项，健全制度"), "ORDERED"),
        (lambda: commands.reply(finding, by=people.admin, text=REPLY, files=[image(4)]), "REPLIED"),
    ]
    for call, status in walk_on:
        call()
        assert again(finding).status == status
    assert open_holds(project) == [f"audit.H.{finding.number}"]
    assert balances(project) == {
        "committed": 10_000_00, "held": 19_790_00, "spent": 130_00, "recoverable": 80_00,
    }  # fmt: skip
    with pytest.raises(NotYet, match="80.00"):
        commands.verify(finding, by=make_auditor("second"), text="已核对银行回单")
    give_back(project, 80_00)
    commands.verify(finding, by=make_auditor("second"), text="已核对银行回单")
    assert open_holds(project) == []
    done = commands.settle(finding, by=people.head)

    assert (done.status, done.outcome, done.disallowed) == (FindingStatus.SETTLED, Outcome.RECTIFIED, 80_00)
    assert done.order.number == "ZG-2026-0001"
    assert [entry.kind for entry in queries.thread(done)] == ["RESPONSE", "DECISION", "REPLY", "VERIFY"]
    assert balances(project) == {
        "committed": 10_000_00, "held": 19_790_00, "spent": 130_00, "returned": 80_00,
    }  # fmt: skip
    actions = Event.objects.for_instance(done).order_by("id").values_list("action", flat=True)
    assert [one.removeprefix("audits.") for one in actions] == [
        "find", "send_for_hearing", "answer", "issue", "disallow", "order", "reply", "verify", "settle",
    ]  # fmt: skip
    told = Notice.objects.filter(recipient=people.admin).order_by("pk").values_list("kind", flat=True)
    assert [one for one in told if one.startswith("audits.")] == [
        "audits.notified", "audits.hearing", "audits.ordered", "audits.settled",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "F31"}, "code"),
        ({"severity": "L"}, "severity"),
        ({"fact": " "}, "fact"),
        ({"fact": "字" * 501}, "fact_length"),
        ({"clause": ""}, "clause"),
        ({"amount": 100_01}, "amount"),
    ],
)
def test_a_finding_is_refused_with_the_reason(project, spent, values, code):
    with pytest.raises(NotYet) as told:
        make_finding(make_engagement(project), spent[0], **values)
    assert code in [one.code for one in told.value.reasons]
    assert Finding.objects.count() == 0


def test_a_finding_is_never_larger_than_the_grant(project):
    engagement = make_engagement(project)
    with pytest.raises(NotYet, match="涉及金额大于项目的资助金额"):
        commands.record_finding(
            engagement,
            by=make_auditor(),
            project=project,
            code="F09",
            severity="H",
            fact="合同金额与审批不一致，涉及全部经费。",
            clause="第六条",
            amount=project.amount + 1,
        )
    assert Finding.objects.count() == 0


def test_a_finding_of_another_project_is_refused(people, project, spent):
    other = make_project(make_people(suffix="2"), "VEN-2026-000200", uscc=None)
    engagement = make_engagement(project)
    with pytest.raises(NotYet, match="审计范围"):
        commands.record_finding(
            engagement, by=make_auditor(), project=other, code="F06", severity="H", fact="事实", clause="第六条"
        )


def test_hearing_comes_before_the_order(people, finding):
    with pytest.raises(MoveNotAllowed):
        commands.order(finding, by=people.head, measures="退回款项")
    walk(finding, people, "HEARD")
    with pytest.raises(NotYet, match="还没有陈述意见"):
        commands.issue(finding, by=make_auditor())
    with clock.at(datetime(2026, 8, 31, 2, tzinfo=UTC)):
        assert commands.issue(finding, by=make_auditor()).status == FindingStatus.ISSUED


def test_only_the_administrator_answers(people, finding):
    walk(finding, people, "HEARD")
    for user in (people.accountant, people.reader, people.officer):
        with pytest.raises(NotTheOrganization):
            commands.respond(finding, by=user, text="同意整改")
        assert finding_policy.user_has_permission_for_instance(user, "respond", again(finding)) is False


def test_only_the_head_who_is_not_the_finder_orders(people, project, finding):
    walk(finding, people, "ISSUED")
    for user in (people.officer, make_auditor(), make_user("far", Role.BUREAU_HEAD, region="330212")):
        with pytest.raises(NotIndependent):
            commands.order(finding, by=user, measures="退回款项")
    assert open_holds(project) == []


@pytest.mark.parametrize(("severity", "code", "held"), [("K", "F11", True), ("H", "F06", True), ("M", "F07", False)])
def test_severe_findings_hold_the_payments(people, project, spent, severity, code, held):
    finding = make_finding(make_engagement(project), spent[0], code=code, severity=severity)
    walk(finding, people, "ORDERED")
    assert open_holds(project) == ([f"audit.{severity}.{finding.number}"] if held else [])


def test_only_a_critical_finding_holds_before_the_order(people, project, spent):
    engagement = make_engagement(project)
    critical = make_finding(engagement, spent[0], code="F11", severity="K")
    high = make_finding(engagement, spent[1])
    with pytest.raises(MoveNotAllowed, match="特别重大"):
        commands.hold_early(high, by=people.head, reason="资金安全")
    commands.hold_early(critical, by=people.head, reason="防止继续流失")
    assert open_holds(project) == [f"audit.K.{critical.number}"]
    with pytest.raises(MoveNotAllowed):
        commands.hold_early(critical, by=people.head, reason="再来一次")
    with pytest.raises(NotYet, match="须先解除"):
        commands.drop(critical, by=make_auditor(), reason="查无实据")
    walk(critical, people, "ORDERED")
    assert len(open_holds(project)) == 1


def test_the_finder_never_verifies(people, finding):
    walk(finding, people, "REPLIED")
    with pytest.raises(NotIndependent, match="另一人核查"):
        commands.verify(finding, by=make_auditor(), text="自己核查")
    assert finding_policy.user_has_permission_for_instance(make_auditor(), "verify", again(finding)) is False
    assert finding_policy.user_has_permission_for_instance(people.officer, "verify", again(finding)) is True
    with pytest.raises(NotIndependent):
        commands.verify(finding, by=make_auditor("outsider"), text="不相干的人")


def test_an_insufficient_rectification_goes_back_and_every_round_stays(people, finding):
    walk(finding, people, "ORDERED")
    with pytest.raises(NotYet) as told:
        commands.reply(finding, by=people.admin, text="改了")
    assert [one.code for one in told.value.reasons] == ["text", "files"]
    commands.reply(finding, by=people.admin, text=REPLY, files=[image(1)])
    sent_back = commands.send_back(finding, by=make_auditor("second"), reason="缺少退款回单")
    assert (sent_back.status, sent_back.due_on) == (FindingStatus.ORDERED, date(2026, 8, 28))
    commands.reply(finding, by=people.admin, text=REPLY, files=[image(2)])
    assert [one.kind for one in queries.thread(again(finding))] == ["RESPONSE", "REPLY", "SEND_BACK", "REPLY"]


def test_a_dropped_finding_is_kept_and_hidden_from_business(people, finding):
    walk(finding, people, "HEARD")
    dropped = commands.drop(finding, by=make_auditor(), reason="单位提供了合规凭证")
    assert (dropped.status, dropped.outcome) == (FindingStatus.SETTLED, Outcome.DROPPED)
    assert Finding.objects.visible_to(people.officer).count() == 0
    assert Finding.objects.visible_to(people.admin).count() == 1


def test_a_repeated_code_is_raised_by_one(people, project, spent):
    engagement = make_engagement(project)
    first = make_finding(engagement, spent[0], code="F07", severity="M")
    walk(first, people, "ORDERED")
    second = make_finding(engagement, spent[1], code="F07", severity="M")
    assert (first.severity, first.is_repeat) == (Severity.M, False)
    assert (second.severity, second.is_repeat) == (Severity.H, True)


def test_money_without_a_voucher_comes_out_of_the_advance(people, project, spent):
    finding = make_finding(make_engagement(project), code="F09", severity="H", amount=500_00)
    walk(finding, people, "ISSUED")
    with pytest.raises(NotYet, match="不超过"):
        commands.disallow(finding, by=people.head, fen=500_01)
    commands.disallow(finding, by=people.head, fen=500_00)
    assert balances(project)["recoverable"] == 500_00
    assert balances(project)["spent"] == 210_00
    with pytest.raises(MoveNotAllowed):
        commands.disallow(finding, by=people.head, fen=1)


def test_a_slight_finding_is_noted(people, project, spent):
    engagement = make_engagement(project)
    slight = make_finding(engagement, code="F29", severity="L", amount=0)
    other = make_finding(engagement, spent[0])
    walk(slight, people, "ISSUED")
    walk(other, people, "ISSUED")
    with pytest.raises(NotYet, match="只有轻微问题"):
        commands.settle_minor(other, by=people.head, reason="提示即可")
    assert commands.settle_minor(slight, by=people.head, reason="提示即可").outcome == Outcome.NOTED


def test_who_sees_a_finding_when(people, project, finding):
    def seen():
        return {
            name: Finding.objects.visible_to(user).count()
            for name, user in {
                "auditor": make_auditor(), "outsider": make_auditor("outsider"), "head": people.head,
                "officer": people.officer, "admin": people.admin,
            }.items()
        }  # fmt: skip

    assert seen() == {"auditor": 1, "outsider": 0, "head": 1, "officer": 0, "admin": 0}
    walk(finding, people, "HEARD")
    assert seen() == {"auditor": 1, "outsider": 0, "head": 1, "officer": 0, "admin": 1}
    commands.respond(finding, by=people.admin, text="情况属实")
    commands.issue(finding, by=make_auditor())
    assert seen() == {"auditor": 1, "outsider": 1, "head": 1, "officer": 1, "admin": 1}


def test_due_follows_the_finding(people, finding):
    def kinds(user):
        user.__dict__.pop("grants_now", None)
        return [one.kind for one in queries.due(user) if one.kind != "audits.engagement"]

    walk(finding, people, "HEARD")
    assert kinds(people.admin) == ["audits.heard"]
    commands.respond(finding, by=people.admin, text="情况属实")
    assert kinds(people.admin) == []
    commands.issue(finding, by=make_auditor())
    assert kinds(people.head) == ["audits.issued"]
    commands.order(finding, by=people.head, measures="退回款项")
    assert (kinds(people.head), kinds(people.admin)) == ([], ["audits.ordered"])
    commands.reply(finding, by=people.admin, text=REPLY, files=[image(1)])
    assert (kinds(make_auditor()), kinds(make_auditor("second"))) == ([], ["audits.replied"])


# screens


def test_the_organization_answers_and_rectifies_on_the_front(client, people, finding):
    client.force_login(people.admin)
    page = reverse("audits:finding", args=[finding.key])
    assert client.get(page).status_code == 404
    walk(finding, people, "HEARD")
    assert "陈述意见" in client.get(page).content.decode()
    assert finding.name in client.get(reverse("audits:orders")).content.decode()
    assert client.post(reverse("audits:respond", args=[finding.key]), {"text": "情况属实，同意"}).status_code == 302
    commands.issue(finding, by=make_auditor())
    commands.order(finding, by=people.head, measures="退回款项，健全制度")
    assert "拨付已暂缓" in client.get(page).content.decode()
    url = reverse("audits:reply", args=[finding.key])
    assert client.post(url, {"text": REPLY}).status_code == 422
    assert client.post(url, {"text": REPLY, "files": [image(1), image(2)]}).status_code == 302
    assert again(finding).status == FindingStatus.REPLIED
    client.force_login(make_user("stranger"))
    assert client.get(page).status_code == 404


def buttons(client, engagement):
    """The moves of an engagement's page, and which is the main one."""
    page = client.get(reverse("staff_engagements:inspect", args=[engagement.pk])).content.decode()
    moves = page.split('<div class="c-moves">')[1].split("</div>")[0]
    return [
        (label, "secondary" not in tone) for tone, label in re.findall(r'class="button(.*?)".*?>(.+?)</a>', moves)
    ]


def test_a_second_draw_is_a_lesser_move_and_says_why(client, people, project, spent):
    auditor = make_auditor()
    engagement = make_engagement(project)
    client.force_login(auditor)
    assert buttons(client, engagement)[0] == ("抽取并锁定", True)
    drawn = commands.draw_sample(engagement, by=auditor, method="ALL")
    assert client.post(reverse("staff_engagements:draw", args=[engagement.pk]), {"method": "ALL"}).status_code == 409
    again_url = reverse("staff_engagements:redraw", args=[engagement.pk])
    refused = client.post(again_url, {"method": "ALL"})
    assert (refused.status_code, "请写明重抽理由。" in refused.content.decode()) == (422, True)
    assert list(engagement.samples.all()) == [drawn]
    assert client.post(again_url, {"method": "ALL", "reason": "总体漏了一个月"}).status_code == 302
    assert [one.reason for one in engagement.samples.all()] == ["", "总体漏了一个月"]
    for item in queries.items(engagement):
        commands.test_item(item, by=auditor, result="OK")
    assert buttons(client, engagement)[0] == ("结束实施，征求意见", True)


def test_the_audit_runs_in_the_admin(client, people, project, spent):
    auditor, second = make_auditor(), make_auditor("second")
    client.force_login(auditor)
    assert client.get(reverse("staff_engagements:index")).status_code == 200
    answers = {
        "title": "2026年专项审计", "region": project.region.get_ancestors().get(code="330211").pk,
        "projects": [project.pk], "period_from": "2026-04-20", "period_to": "2026-12-31", "auditors": [second.pk],
    }  # fmt: skip
    assert client.get(reverse("staff_audit_open")).status_code == 200
    assert client.post(reverse("staff_audit_open"), answers).status_code == 302
    engagement = Engagement.objects.get()

    def act(name, **data):
        url = reverse(f"staff_engagements:{name}", args=[engagement.pk])
        assert client.get(url).status_code == 200
        answer = client.post(url, data)
        assert answer.status_code == 302, answer.content.decode()

    act("notify")
    act("start")
    act("draw", method="ALL", seed="摇号")
    assert buttons(client, engagement) == [
        ("测试下一笔", True),
        ("记录问题", False),
        ("指定审计人员", False),
        ("重新抽取", False),
    ]
    assert "样本一致" in client.get(reverse("staff_engagements:inspect", args=[engagement.pk])).content.decode()
    item = queries.items(engagement).get(expenditure=spent[0])
    test_url = reverse("staff_audit_test", args=[item.pk])
    page = client.get(test_url).content.decode()
    links = re.findall(
        r'<th scope="row">(.+?)</th><td>.+?</td><td><span class="c-state c-state-\w+">(.+?)</span>', page
    )
    assert [name for name, _state in links] == ["预算", "合同", "发票", "付款", "照片"]
    assert f"已测试 0 / {len(spent)} 笔" in page
    assert client.post(test_url, {"result": "MISMATCH", "note": "抬头不是本单位"}).status_code == 302
    act(
        "find", project=project.pk, item=item.pk, code="F10", severity="M", fact="抬头不是本单位", clause="协议第六条",
        amount="100",
    )  # fmt: skip
    finding = Finding.objects.get()
    assert (finding.amount, finding.expenditure) == (100_00, spent[0])
    url = reverse("staff_findings:send_for_hearing", args=[finding.pk])
    assert client.post(url).status_code == 302
    assert client.get(reverse("staff_findings:inspect", args=[finding.pk])).status_code == 200
    assert finding.number in client.get(reverse("staff_findings:index")).content.decode()
    client.force_login(make_user("far", Role.BUREAU_HEAD, region="330212"))
    assert client.get(reverse("staff_findings:inspect", args=[finding.pk])).status_code == 404
    assert finding.number not in client.get(reverse("staff_findings:index")).content.decode()

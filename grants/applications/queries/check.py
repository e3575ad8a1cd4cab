"""What the portal can say itself about each eligibility rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications import rules
from grants.applications.models import Application
from grants.applications.queries.dossier import Dossier, dossier, period_problems
from grants.applications.rules import Check, Verdict
from grants.applications.rules.eligibility import months_later
from grants.applications.states import HANDED_IN
from grants.calls.models import EligibilityRule
from grants.calls.queries import eligibility
from grants.calls.rules import percent
from orgs.registry.models import Kind
from portal import clock
from portal.identifiers import Invalid, check_uscc
from portal.money import yuan

Answer = tuple[str, str]
"""(verdict, evidence)"""


def checks(application: Application, whole: Dossier | None = None) -> list[Check]:
    """Check every rule of the round in force on the day of submission, or today. About six queries more."""
    whole = whole or dossier(application)
    day = (application.submitted_at or clock.now()).astimezone(clock.ZONE).date()
    found = []
    for rule in eligibility(application.round, day):
        ask = COMPUTED.get(rule.code)
        verdict, evidence = (
            ask(whole, rule) if ask else (Verdict.CONFIRM, str(BY_EYE.get(rule.code, _("请对照材料确认。"))))
        )
        found.append(Check(rule.code, rule.text, verdict, evidence, rule.clause))
    return found


def said(is_met: bool, evidence: str) -> Answer:
    return (Verdict.MET if is_met else Verdict.NOT_MET), evidence


def kind(whole: Dossier, rule: EligibilityRule) -> Answer:
    organization = whole.application.organization
    allowed = rule.words.split() or list(Kind.values)
    words = _("登记类型：%(kind)s") % {"kind": organization.get_kind_display()}
    if organization.kind not in allowed or not rule.number:
        return said(organization.kind in allowed, words)
    since, closes_at = organization.founded_on, whole.round.closes_at
    if since is None or closes_at is None:
        return Verdict.CONFIRM, _("%(words)s；名册没有成立日期，请对照登记证书") % {"words": words}
    words = _("%(words)s；成立日期 %(since)s") % {"words": words, "since": since}
    return said(months_later(since, rule.number) <= closes_at.astimezone(clock.ZONE).date(), words)


def place(whole: Dossier, rule: EligibilityRule) -> Answer:
    application = whole.application
    inside = application.region.path.startswith(whole.round.region.path)
    return said(
        inside,
        _("实施地：%(region)s；通知范围：%(area)s") % {"region": application.region, "area": whole.round.region},
    )


def code(whole: Dossier, rule: EligibilityRule) -> Answer:
    organization = whole.application.organization
    try:
        check_uscc(organization.uscc or "", organization.kind)
    except Invalid as problem:
        return Verdict.NOT_MET, str(problem.for_user())
    words = _("代码 %(code)s；单位资料%(standing)s") % {
        "code": organization.uscc or _("无（备案组织）"),
        "standing": organization.get_standing_display(),
    }
    if organization.is_out_of_date:
        return Verdict.CONFIRM, words
    return said(organization.standing == "VERIFIED", words)


def listing(kind_of_list: str) -> Callable[[Dossier, EligibilityRule], Answer]:
    def ask(whole: Dossier, rule: EligibilityRule) -> Answer:
        since = clock.today() - timedelta(days=rule.number or 0)
        rows = whole.application.organization.listings.filter(kind=kind_of_list)
        for row in rows:
            if row.removed_on is None or row.removed_on > since:
                until = (
                    (_("%(removed_on)s 移出") % {"removed_on": row.removed_on}) if row.removed_on else _("尚未移出")
                )
                return Verdict.NOT_MET, _("%(listed_on)s 列入%(kind)s，%(until)s，%(decision)s") % {
                    "listed_on": row.listed_on,
                    "kind": row.get_kind_display(),
                    "until": until,
                    "decision": row.decision,
                }
        return Verdict.MET, _("登记库中没有记录")

    return ask


def period(whole: Dossier, rule: EligibilityRule) -> Answer:
    application = whole.application
    if not application.starts_on or not application.ends_on:
        return Verdict.CONFIRM, _("还没有填写实施起止日期")
    found = period_problems(application, whole.round)
    return said(
        not found,
        "; ".join(
            [
                _("%(starts_on)s 至 %(ends_on)s")
                % {"starts_on": application.starts_on, "ends_on": application.ends_on},
                *found,
            ]
        ),
    )


def ceiling(whole: Dossier, rule: EligibilityRule) -> Answer:
    asked = whole.budget.grant
    words = _("申请 %(asked)s 元，上限 %(ceiling)s 元") % {"asked": yuan(asked), "ceiling": yuan(whole.round.ceiling)}
    return said(asked <= whole.round.ceiling, words) if asked else (Verdict.CONFIRM, _("还没有编制预算"))


def own_share(whole: Dossier, rule: EligibilityRule) -> Answer:
    budget = whole.budget
    if not budget.total:
        return Verdict.CONFIRM, _("还没有编制预算")
    if not rule.number:
        return Verdict.MET, _("自筹 %(own)s 元，本通知不要求自筹") % {"own": yuan(budget.own)}
    share = budget.own * 10_000 // budget.total
    return said(
        share >= rule.number,
        _("自筹 %(own)s 元，占总预算 %(share)s，要求不低于 %(least)s")
        % {"own": yuan(budget.own), "share": percent(share), "least": percent(rule.number)},
    )


def budget(whole: Dossier, rule: EligibilityRule) -> Answer:
    if not whole.lines:
        return Verdict.CONFIRM, _("还没有编制预算")
    faults = whole.budget_faults
    return said(not faults, " ".join(fault.text for fault in faults) or _("各科目比例和单价都在规定之内"))


def papers(whole: Dossier, rule: EligibilityRule) -> Answer:
    missing = "、".join(one.name for one in whole.missing_attachments)
    return said(
        not missing,
        (_("缺：%(missing)s") % {"missing": missing})
        if missing
        else (_("已交 %(count)s 份") % {"count": len(whole.attachments)}),
    )


def number(whole: Dossier, rule: EligibilityRule) -> Answer:
    application, limit = whole.application, whole.round.applications_per_organization
    others = Application.objects.filter(
        round=whole.round, organization=application.organization, status__in=HANDED_IN
    ).exclude(pk=application.pk)
    count = others.count()
    return said(
        count < limit, _("本批次另已提交 %(count)s 项，每单位最多 %(limit)s 项") % {"count": count, "limit": limit}
    )


def past(whole: Dossier, rule: EligibilityRule) -> Answer:
    open_ones = [row.reason for row in whole.application.organization.obligations.open()]
    if not open_ones:
        return Verdict.MET, _("没有未了结的项目义务")
    return Verdict.CONFIRM, _("有未了结的事项：") + "、".join(open_ones)


def in_time(whole: Dossier, rule: EligibilityRule) -> Answer:
    until = whole.round.closes_at
    first = whole.application.versions.order_by("number").first()
    if first is None:
        return said(not whole.round.has_closed(clock.now()), _("截止 %(until)s") % {"until": to_minute(until)})
    times = [one.submitted_at for one in whole.application.versions.all()]
    in_window = [moment for moment in times if until and moment.replace(microsecond=0) <= until]
    return said(
        bool(in_window),
        _("提交 %(moment)s，截止 %(until)s") % {"moment": local(max(in_window or times)), "until": to_minute(until)},
    )


def local(moment: Any) -> str:
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}" if moment else _("未定")


def to_minute(moment: Any) -> str:
    """A deadline as it was announced; what was handed in shows its seconds."""
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M}" if moment else _("未定")


COMPUTED: dict[str, Callable[[Dossier, EligibilityRule], Answer]] = {
    "E01": kind, "E02": place, "E03": code, "E05": listing("ABNORMAL"), "E06": listing("SERIOUS"), "E09": period,
    "E10": ceiling, "E11": own_share, "E12": budget, "E15": papers, "E16": number, "E17": past, "E20": in_time,
}  # fmt: skip
BY_EYE = {
    "E04": gettext_lazy("对照“年检或年报结果”附件。"),
    "E07": gettext_lazy("对照信用信息查询结果。"),
    "E08": gettext_lazy("对照登记证书和章程的业务范围。"),
    "E13": gettext_lazy("看“其他政府资金”一题的回答。"),
    "E14": gettext_lazy("与以往项目和本批次其他申报比较。"),
    "E18": gettext_lazy("看活动计划和预算内容。"),
    "E19": gettext_lazy("看所选类别和服务对象。"),
}
assert set(BY_EYE) | set(COMPUTED) == set(rules.CODES)

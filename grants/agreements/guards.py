"""What stands in the way of a project, an agreement or a closing. Each returns all its reasons."""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext as _

from grants.agreements.models import Agreement, Amendment, AmendmentKind, Project
from grants.agreements.rules import BEFORE_CLOSING, HEARING_DAYS, NOT_MET, OPEN_ACCOUNTS, UNDER_WAY
from grants.agreements.states import PROJECT, AgreementStatus, AmendmentStatus
from grants.funds.models import Account
from grants.funds.queries import balances_of
from portal import clock
from portal.lifecycle import Reason
from portal.money import yuan
from portal.workdays import queries as workdays


def agreement_signed(project: Project) -> list[Reason]:
    agreement = Agreement.objects.filter(project=project).first()
    if agreement and agreement.status == AgreementStatus.SIGNED:
        return []
    return [Reason("agreement", _("协议还没有签署。"))]


def final_report_in(project: Project) -> list[Reason]:
    return unmet(project, ("final_report",))


def milestones_met(project: Project) -> list[Reason]:
    return unmet(project, BEFORE_CLOSING)


def unmet(project: Project, codes: tuple[str, ...]) -> list[Reason]:
    met = set(project.milestones.filter(met_at__isnull=False).values_list("code", flat=True))
    return [Reason(f"milestone.{code}", _("%s。") % _(NOT_MET[code])) for code in codes if code not in met]


def accounts_empty(project: Project) -> list[Reason]:
    """Every account of the award that still holds money, per source and budget year."""
    accounts = Account.objects.of("award", project.code).filter(kind__in=OPEN_ACCOUNTS).exclude(balance=0)
    return [
        Reason(
            f"account.{one.kind}.{one.source.code}",
            _("%(account)s还有 %(yuan)s 元（%(source)s %(year)s 年）。")
            % {
                "account": _(OPEN_ACCOUNTS[one.kind]),
                "yuan": yuan(one.balance),
                "source": one.source.name,
                "year": one.year,
            },
        )
        for one in accounts.select_related("source").order_by("kind", "source__code", "year")
    ]


def no_open_hold(project: Project) -> list[Reason]:
    return [
        Reason(f"hold.{hold.code}", _("暂缓拨付还没有解除：%s。") % hold.reason.rstrip("。"))
        for hold in project.holds.open().order_by("placed_at")
    ]


def no_open_amendment(project: Project) -> list[Reason]:
    return [
        Reason("amendment", _("第 %s 号变更还没有批复。") % one.number)
        for one in project.amendments.filter(status=AmendmentStatus.REQUESTED)
    ]


def sums_agree(agreement: Agreement) -> list[Reason]:
    """I14: Σ tranches = Σ budget lines = award."""
    project = agreement.project
    found = []
    for name, rows in ((_("预算"), project.budget_lines), (_("拨付计划"), project.tranches)):
        total = rows.aggregate(total=Sum("amount"))["total"] or 0
        if total != project.amount:
            found.append(
                Reason(
                    "sum",
                    _("%(name)s合计 %(total)s 元，应等于立项金额 %(amount)s 元。")
                    % {"name": name, "total": yuan(total), "amount": yuan(project.amount)},
                )
            )
    return found


def everyone_accepted(agreement: Agreement) -> list[Reason]:
    accepted = set(agreement.acceptances.values_list("party", flat=True))
    return [
        Reason("acceptance", _("%s还没有确认协议。") % party)
        for party in agreement.parties.filter(is_required=True)
        if party.code not in accepted
    ]


def was_heard(amendment: Amendment) -> list[Reason]:
    """Before a project is ended, its organization has three working days to be heard (domain.md § 4.4)."""
    if amendment.kind != AmendmentKind.END:
        return []
    asked_on = amendment.requested_at.astimezone(clock.ZONE).date()
    until = workdays.due_on(HEARING_DAYS, asked_on)
    if until is None or clock.today() > until:
        return []
    return [Reason("hearing", _("单位的陈述意见期到 %s 24:00，期满后才能批准终止。") % f"{until:%Y-%m-%d}")]


def nothing_under_way(amendment: Amendment) -> list[Reason]:
    """Money on its way must arrive or come back first, so that what is claimed back is known."""
    if amendment.kind != AmendmentKind.END:
        return []
    balances = balances_of("award", amendment.project.code)
    return [
        Reason(
            f"account.{kind}",
            _("%(account)s还有 %(yuan)s 元，请等银行结果，或先退回请款。") % {"account": name, "yuan": yuan(fen)},
        )
        for kind, name in UNDER_WAY.items()
        if (fen := balances.get(kind, 0))
    ]


def may_still_end(amendment: Amendment) -> list[Reason]:
    project = amendment.project
    if amendment.kind != AmendmentKind.END or PROJECT.allows("terminate", project.status):
        return []
    return [Reason("status", _("项目%s，不能终止。") % project.get_status_display())]

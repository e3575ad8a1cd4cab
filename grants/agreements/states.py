"""Machines of the project and of its agreement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class ProjectStatus(models.TextChoices):
    """Where the project stands. Money and audit status are read from ledger and holds, never stored."""

    PREPARING = "PREPARING", _("待签约")
    ACTIVE = "ACTIVE", _("实施中")
    FINISHING = "FINISHING", _("结项中")
    CLOSED_PASS = "CLOSED_PASS", _("已结项（通过）")
    CLOSED_FAIL = "CLOSED_FAIL", _("已结项（未通过）")
    SUSPENDED = "SUSPENDED", _("已中止")
    TERMINATED = "TERMINATED", _("已终止")


class AgreementStatus(models.TextChoices):
    DRAFT = "DRAFT", _("待双方确认")
    ACCEPTED = "ACCEPTED", _("已确认，待存签署件")
    SIGNED = "SIGNED", _("已签署")


class AmendmentStatus(models.TextChoices):
    REQUESTED = "REQUESTED", _("待批准")
    RECORDED = "RECORDED", _("已备案")
    APPROVED = "APPROVED", _("已批准")
    REFUSED = "REFUSED", _("不同意")


P, A, M = ProjectStatus, AgreementStatus, AmendmentStatus

SIGNING_DAYS = 10
"""Working days from the draft of an agreement to its signature."""

REPORTS = "the next report"

PROJECT = Lifecycle(
    {
        "activate": move(
            P.PREPARING, to=P.ACTIVE, guards=["agreement_signed"], owner=Role.PROJECT_LEAD, until=REPORTS
        ),
        "finish": move(P.ACTIVE, to=P.FINISHING, guards=["final_report_in"], owner=Role.BUREAU_OFFICER, days=20),
        "suspend": move(P.ACTIVE, P.FINISHING, to=P.SUSPENDED, owner=Role.BUREAU_HEAD, days=20),
        "resume": move(P.SUSPENDED, to=P.ACTIVE, owner=Role.PROJECT_LEAD, until=REPORTS),
        "terminate": move(
            P.PREPARING, P.ACTIVE, P.FINISHING, P.SUSPENDED, to=P.TERMINATED, owner=Role.BUREAU_OFFICER, days=20
        ),
        "close_pass": move(P.ACTIVE, P.FINISHING, to=P.CLOSED_PASS, guards=["milestones_met"]),
        "close_fail": move(P.ACTIVE, P.FINISHING, P.TERMINATED, to=P.CLOSED_FAIL),
    },
    state_guards={
        P.CLOSED_PASS: ["accounts_empty", "no_open_hold", "no_open_amendment"],
        P.CLOSED_FAIL: ["accounts_empty", "no_open_hold", "no_open_amendment"],
    },
    starts=[begin(P.PREPARING, owner=Role.BUREAU_OFFICER, days=SIGNING_DAYS)],
)

AGREEMENT = Lifecycle(
    {
        "accept": move(A.DRAFT, to=A.ACCEPTED, guards=["sums_agree"], owner=Role.BUREAU_OFFICER, days=5),
        "store_signed": move(A.ACCEPTED, to=A.SIGNED, guards=["everyone_accepted"]),
    },
    starts=[begin(A.DRAFT, owner=Role.ORG_ADMIN, days=SIGNING_DAYS)],
)

AMENDMENT = Lifecycle(
    {
        "approve": move(M.REQUESTED, to=M.APPROVED, guards=["was_heard", "nothing_under_way", "may_still_end"]),
        "refuse": move(M.REQUESTED, to=M.REFUSED),
    },
    starts=[begin(M.REQUESTED, owner=Role.BUREAU_OFFICER, days=5), begin(M.RECORDED)],
)

RUNNING = (P.ACTIVE, P.FINISHING)
CLOSED = (P.CLOSED_PASS, P.CLOSED_FAIL)

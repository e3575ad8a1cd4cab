"""Who is told what about rounds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from grants.calls.models import Allocation, CallPage, Round
from grants.funds.notices import staff
from orgs.registry.models import MemberRole
from portal.access import Role
from portal.accounts.models import User
from portal.money import yuan
from portal.notices.commands import queue


def applicants(region: Any) -> Any:
    """Return the administrators of the organizations of the region."""
    return User.objects.filter(
        is_active=True,
        memberships__role=MemberRole.ADMIN,
        memberships__ended_at__isnull=True,
        memberships__organization__region__path__startswith=region.path,
    ).distinct()


def round_published(round: Round) -> None:
    page = CallPage.objects.get(round=round)
    subject = f"新的申报通知：{round.title}"
    until = round.closes_at.strftime("%Y-%m-%d") if round.closes_at else ""
    body = f"{round.title}已发布，申报截止日期 {until}。请负责人登录后查看通知，符合条件的可以申报。"
    queue("calls.published", [*applicants(round.region), round.created_by], subject, body, round, page.url or "")


def page_submitted(page: CallPage) -> None:
    queue(
        "calls.submitted",
        staff(Role.BUREAU_HEAD, page.round.region),
        f"请审核申报通知：{page.title}",
        f"{page.title}已提交审核。请核对起止时间、资金、评分表和申报表后决定。",
        page.round,
        reverse("staff_rounds:inspect", args=[page.round.pk]),
    )


def page_rejected(round: Round, reason: str) -> None:
    queue(
        "calls.rejected",
        [round.created_by],
        f"申报通知退回修改：{round.title}",
        f"审核意见：{reason}。请修改后重新提交审核。",
        round,
        reverse("staff_rounds:inspect", args=[round.pk]),
    )


def round_closed(round: Round) -> None:
    queue(
        "calls.closed",
        [round.created_by],
        f"申报已截止：{round.title}",
        "申报已截止，请开始资格审查。需要补正的一次告知全部内容。",
        round,
        reverse("staff_rounds:inspect", args=[round.pk]),
    )


@translation.override(settings.LANGUAGE_CODE)
def allocation_requested(asked: Allocation) -> None:
    round, word = asked.envelope.round, "收回额度" if asked.is_back else "资金下达"
    queue(
        "calls.allocation",
        staff(Role.BUREAU_LEADER, round.region),
        f"请审批{word}：{round.title}",
        f"{asked.envelope}申请{asked.get_direction_display()} {yuan(asked.amount)} 元，请审批。{asked.note}",
        round,
        reverse("staff_allocations:inspect", args=[asked.pk]),
    )


@translation.override(settings.LANGUAGE_CODE)
def allocation_decided(asked: Allocation) -> None:
    round = asked.envelope.round
    word = "收回额度" if asked.is_back else "资金下达"
    text = f"{asked.envelope} {yuan(asked.amount)} 元：{asked.get_status_display()}。{asked.reason}"
    url = reverse("staff_rounds:inspect", args=[round.pk])
    queue("calls.allocation_decided", [asked.requested_by], f"{word}结果：{round.title}", text, round, url)

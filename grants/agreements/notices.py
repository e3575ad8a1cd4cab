"""Letters about agreements, holds and closings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.agreements.models import Agreement, Amendment, Hold, Project
from grants.agreements.rules import HEARING_DAYS
from orgs.registry.models import MemberRole
from portal.access import Role
from portal.accounts.models import User
from portal.notices.commands import queue


def members(project: Project, *roles: str) -> list[User]:
    """The people of the implementing unit and of the payee, of these roles or all."""
    rows = User.objects.filter(
        memberships__organization__in=[project.organization_id, project.payee_id], memberships__ended_at__isnull=True
    )
    return list((rows.filter(memberships__role__in=roles) if roles else rows).distinct())


def officers(project: Project, *roles: Role) -> Iterable[User]:
    """The people who hold one of `roles` over the project's region."""
    path = project.region.path
    above = [path[:end] for end in range(4, len(path) + 1, 4)]
    return User.objects.filter(role_grants__role__in=roles, role_grants__region__path__in=above).distinct()


def agreement_drafted(agreement: Agreement) -> None:
    project = agreement.project
    queue(
        "agreements.drafted",
        members(project, MemberRole.ADMIN, MemberRole.WRITER),
        _("协议已拟定，请确认：%s") % project.title,
        _("协议 %(number)s 已拟定。请由负责人核对条款、预算和拨付计划，在 %(due)s 前确认。")
        % {"number": agreement.number, "due": agreement.due_on},
        agreement,
        reverse("agreements:detail", args=[agreement.key]),
    )


def agreement_accepted(agreement: Agreement) -> None:
    queue(
        "agreements.accepted",
        officers(agreement.project, Role.BUREAU_OFFICER),
        _("协议各方均已确认：%s") % agreement.project.title,
        _("协议 %s 已由各方确认，请存入签署件。") % agreement.number,
        agreement,
    )


def agreement_signed(agreement: Agreement) -> None:
    queue(
        "agreements.signed",
        members(agreement.project),
        _("协议已生效：%s") % agreement.project.title,
        _("协议 %s 的签署件已存档，项目开始实施。现在可以申请第 1 期拨款。") % agreement.number,
        agreement,
        reverse("agreements:detail", args=[agreement.key]),
    )


def hold_placed(hold: Hold) -> None:
    project = hold.project
    queue(
        "agreements.hold_placed",
        [*members(project), *officers(project, Role.BUREAU_OFFICER, Role.BUREAU_FINANCE)],
        _("暂缓拨付：%s") % project.title,
        _("原因：%s。解除前不再拨付后续款项。") % hold.reason.rstrip("。"),
        project,
    )


def hold_lifted(hold: Hold) -> None:
    project = hold.project
    queue(
        "agreements.hold_lifted",
        [*members(project), *officers(project, Role.BUREAU_OFFICER, Role.BUREAU_FINANCE)],
        _("暂缓拨付已解除：%s") % project.title,
        _("理由：%s。") % hold.lift_reason.rstrip("。"),
        project,
    )


@translation.override(settings.LANGUAGE_CODE)
def amendment_requested(amendment: Amendment) -> None:
    queue(
        "agreements.amendment_requested",
        officers(amendment.project, Role.BUREAU_OFFICER, Role.BUREAU_HEAD),
        _("项目变更：%s") % amendment.project.title,
        _("第 %(number)s 号变更（%(status)s）。理由：%(reason)s")
        % {"number": amendment.number, "status": amendment.get_status_display(), "reason": amendment.reason},
        amendment,
    )


@translation.override(settings.LANGUAGE_CODE)
def amendment_decided(amendment: Amendment) -> None:
    people: list[Any] = [*members(amendment.project), amendment.requested_by]
    queue(
        "agreements.amendment_decided",
        people,
        _("变更%(status)s：%(title)s") % {"status": amendment.get_status_display(), "title": amendment.project.title},
        amendment.note or amendment.reason,
        amendment,
    )


def termination_asked(amendment: Amendment) -> None:
    project = amendment.project
    queue(
        "agreements.termination_asked",
        [*members(project), *officers(project, Role.BUREAU_LEADER)],
        _("拟终止项目：%s") % project.title,
        _("理由：%(reason)s。单位对此有意见的，请在 %(days)s 个工作日内向民政局陈述；期满后由分管领导决定。")
        % {"reason": amendment.reason.rstrip("。"), "days": HEARING_DAYS},
        amendment,
    )


def terminated(project: Project, reason: str) -> None:
    queue("agreements.terminated", members(project), _("项目已终止：%s") % project.title, reason, project)


@translation.override(settings.LANGUAGE_CODE)
def closed(project: Project) -> None:
    queue(
        "agreements.closed",
        members(project),
        _("项目已结项：%s") % project.title,
        _("结果：%(status)s。结项证书号 %(number)s。")
        % {"status": project.get_status_display(), "number": project.certificate_number},
        project,
        reverse("agreements:detail", args=[project.agreement.key]) if hasattr(project, "agreement") else "",
    )

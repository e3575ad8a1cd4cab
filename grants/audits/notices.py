"""Letters of an audit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.audits import queries
from grants.audits.models import Engagement, Finding
from orgs.registry.models import MemberRole
from portal.accounts.models import User
from portal.notices.commands import queue


def leaders(organization: Any) -> list[User]:
    members = organization.memberships.active().select_related("user")
    return [one.user for one in members if one.role in (MemberRole.ADMIN, MemberRole.WRITER)]


def tell(finding: Finding, kind: str, to: Iterable[User], subject: str, body: str) -> None:
    queue(f"audits.{kind}", to, subject, body, about=finding, url=reverse("audits:finding", args=[finding.key]))


def day(finding: Finding) -> str:
    return f"{finding.due_on:%Y-%m-%d}" if finding.due_on else ""


def notified(engagement: Engagement) -> None:
    for row in engagement.scope.select_related("project__organization"):
        queue(
            "audits.notified",
            leaders(row.project.organization),
            _("审计通知：%(title)s") % {"title": engagement.title},
            _("将对项目“%(project)s”%(start)s 至 %(end)s 的收支进行审计。请准备凭证和活动资料，配合审计人员。")
            % {
                "project": row.project.title,
                "start": f"{engagement.period_from:%Y-%m-%d}",
                "end": f"{engagement.period_to:%Y-%m-%d}",
            },
            about=engagement,
            url=reverse("audits:orders"),
        )


def sent_for_hearing(finding: Finding) -> None:
    tell(
        finding,
        "hearing",
        leaders(finding.project.organization),
        _("审计问题征求意见：%(name)s") % {"name": finding.name},
        _("项目“%(project)s”有一个审计问题，请在 %(due)s 前陈述意见。有异议的可以提出并上传证明。")
        % {"project": finding.project.title, "due": day(finding)},
    )


def responded(finding: Finding) -> None:
    queue(
        "audits.responded",
        queries.auditors(finding.engagement),
        _("单位已陈述意见：%(number)s") % {"number": finding.number},
        _("问题“%(name)s”的单位意见已收到。") % {"name": finding.name},
        about=finding,
        url=reverse("staff_findings:inspect", args=[finding.pk]),
    )


def ordered(finding: Finding) -> None:
    tell(
        finding,
        "ordered",
        leaders(finding.project.organization),
        _("整改通知 %(order)s：%(name)s") % {"order": finding.order.number, "name": finding.name},
        _("请在 %(due)s 前完成整改并报送整改情况。要求：%(measures)s")
        % {"due": day(finding), "measures": finding.order.measures},
    )


def replied(finding: Finding) -> None:
    queue(
        "audits.replied",
        queries.auditors(finding.engagement).exclude(pk=finding.found_by_id),
        _("单位已报送整改：%(number)s") % {"number": finding.number},
        _("问题“%(name)s”的整改待核查。核查人不能是发现人。") % {"name": finding.name},
        about=finding,
        url=reverse("staff_findings:inspect", args=[finding.pk]),
    )


def sent_back(finding: Finding, reason: str) -> None:
    tell(
        finding,
        "sent_back",
        leaders(finding.project.organization),
        _("整改退回：%(name)s") % {"name": finding.name},
        _("整改情况还不能认定：%(reason)s 请在 %(due)s 前重新报送。") % {"reason": reason, "due": day(finding)},
    )


@translation.override(settings.LANGUAGE_CODE)
def settled(finding: Finding) -> None:
    tell(
        finding,
        "settled",
        leaders(finding.project.organization) if finding.sent_at else [],
        _("审计问题已销号：%(name)s") % {"name": finding.name},
        _("问题 %(number)s 的结果：%(outcome)s。")
        % {"number": finding.number, "outcome": finding.get_outcome_display()},
    )

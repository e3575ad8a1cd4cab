"""Who is told what about applications."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from grants.applications.models import Application
from grants.applications.states import APPEAL_DAYS
from orgs.registry.models import MemberRole
from portal import clock
from portal.accounts.models import User
from portal.notices.commands import queue
from portal.workdays.queries import due_on


def members(application: Application, *roles: str) -> Any:
    return User.objects.filter(
        is_active=True,
        memberships__organization=application.organization,
        memberships__ended_at__isnull=True,
        memberships__role__in=roles or [MemberRole.ADMIN, MemberRole.WRITER],
    ).distinct()


def page(application: Application) -> str:
    return reverse("applications:detail", args=[application.key])


def submitted(application: Application) -> None:
    version = application.version
    moment = version.submitted_at.astimezone(clock.ZONE)
    queue(
        "applications.submitted",
        members(application),
        f"申报回执 {application.number}",
        f"“{application.title}”已于 {moment:%Y-%m-%d %H:%M:%S} 提交。内容摘要（SHA-256）前 16 位：{version.sha256[:16]}。"
        f"资格审查在 {application.due_on} 前完成，如需补正会一次告知。",
        application,
        reverse("applications:receipt", args=[application.key]),
    )


def returned(application: Application) -> None:
    items = application.correction.items
    lines = "；".join(f"{one['name']}：{one['text']}" for one in items)
    queue(
        "applications.returned",
        members(application),
        f"需要补正 {len(items)} 处：{application.number}",
        f"请在 {application.correction.due_on} 前补正并提交。{lines}",
        application,
        reverse("applications:tasks", args=[application.key]),
    )


def passed(application: Application) -> None:
    then = "进入专家评审" if application.round.has_review else "等待集体研究"
    text = f"“{application.title}”已通过资格审查，{then}。"
    queue(
        "applications.passed",
        members(application),
        f"初审通过：{application.number}",
        text,
        application,
        page(application),
    )


def failed(application: Application, words: str) -> None:
    queue(
        "applications.failed",
        members(application),
        f"初审不通过：{application.number}",
        f"“{application.title}”未通过资格审查。原因：{words}。对结果有异议的，请在 {due_on(APPEAL_DAYS)} 前致电"
        f" {application.round.phone}。",
        application,
        page(application),
    )


def withdrawn(application: Application) -> None:
    text = f"“{application.title or application.number}”已放弃申报，填写的内容仍可查看。"
    queue(
        "applications.withdrawn",
        members(application),
        f"已放弃申报：{application.number}",
        text,
        application,
        page(application),
    )

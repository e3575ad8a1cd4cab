"""Letters about expenditures."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.spending.models import Expenditure
from orgs.registry.models import MemberRole
from portal.accounts.models import User
from portal.money import yuan
from portal.notices.commands import queue


def keepers(expenditure: Expenditure) -> list[User]:
    """Return the recorder and the organization's accountants, while they are members."""
    members = expenditure.project.organization.memberships.active().select_related("user")
    return [
        one.user for one in members if one.user_id == expenditure.recorded_by_id or one.role == MemberRole.ACCOUNTANT
    ]


def refused(expenditure: Expenditure) -> None:
    queue(
        "spending.refused",
        keepers(expenditure),
        _("有一笔支出未认定：%(item)s") % {"item": expenditure.item},
        _(
            "项目“%(project)s”的支出“%(item)s”%(yuan)s 元未认定。理由：%(reason)s 更正后可以重新登记，发票号码可以再用。"
        )
        % {
            "project": expenditure.project.title,
            "item": expenditure.item,
            "yuan": yuan(expenditure.amount),
            "reason": expenditure.reason,
        },
        about=expenditure,
        url=reverse("spending:project", args=[expenditure.project.key]),
    )


def disallowed(expenditure: Expenditure, fen: int) -> None:
    queue(
        "spending.disallowed",
        keepers(expenditure),
        _("审计剔除支出：%(item)s") % {"item": expenditure.item},
        _("项目“%(project)s”的支出“%(item)s”经审计剔除 %(yuan)s 元，须按整改通知退回。")
        % {"project": expenditure.project.title, "item": expenditure.item, "yuan": yuan(fen)},
        about=expenditure,
        url=reverse("spending:project", args=[expenditure.project.key]),
    )

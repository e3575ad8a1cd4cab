"""Who is told what about entries in the books."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from grants.funds.models import Entry
from portal.access import Role
from portal.accounts.models import User
from portal.notices.commands import queue


def staff(role: str, region: Any) -> Any:
    """Return the people who hold `role` now at or above `region`; anywhere where it is None."""
    held: dict[str, Any] = {"role_grants__role": role, "role_grants__ends_on__isnull": True}
    if region is not None:
        above = [region.path[:end] for end in range(4, len(region.path) + 1, 4)]
        held["role_grants__region__path__in"] = above
    return User.objects.filter(is_active=True, **held).distinct()


@translation.override(settings.LANGUAGE_CODE)
def entry_requested(entry: Entry) -> None:
    leaders = [one for one in staff(Role.BUREAU_LEADER, entry.region) if one.pk != entry.requested_by_id]
    body = f"{entry.requested_by}申请：{entry}。{entry.document_number} 请核对后审批。"
    queue("funds.entry", leaders, f"请审批{entry}", body, entry, reverse("staff_entries:inspect", args=[entry.pk]))


@translation.override(settings.LANGUAGE_CODE)
def entry_decided(entry: Entry) -> None:
    text = f"{entry}：{entry.get_status_display()}。{entry.reason}"
    url = reverse("staff_entries:inspect", args=[entry.pk])
    queue("funds.entry_decided", [entry.requested_by], f"账务申请结果：{entry.get_kind_display()}", text, entry, url)

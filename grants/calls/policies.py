"""Who may do what with a round, now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.permission_policies.pages import PagePermissionPolicy

from grants.calls import guards
from grants.calls.models import Allocation, Round
from grants.calls.models.page import elsewhere
from grants.calls.models.round import READERS
from grants.calls.queries import wrote_unpublished
from grants.calls.states import ALLOCATION, LIFECYCLE
from portal.access import Role
from portal.access.policies import Policy
from portal.lifecycle import Reason

UNPUBLISHED = ("DRAFT", "BUDGETED", "NEEDS_OPEN")


def holds(user: Any, roles: Any, region: Any) -> bool:
    """Say whether `user` has one of `roles` in a region at or above `region`. Reads the cached grants."""
    return any(grant.role in roles and region.path.startswith(grant.region.path) for grant in user.grants_now)


class RoundPolicy(Policy):
    place = "region"
    lifecycle = LIFECYCLE
    guards = guards
    actions = {
        "view": READERS,
        "draft": (Role.BUREAU_OFFICER,),
        "revise": (Role.BUREAU_OFFICER,),
        "write": (Role.BUREAU_OFFICER,),
        "submit_notice": (Role.BUREAU_OFFICER,),
        "request_allocation": (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE),
        "open_needs": (Role.BUREAU_OFFICER,),
        "publish": (Role.BUREAU_HEAD,),
        "suspend": (Role.BUREAU_HEAD,),
        "resume": (Role.BUREAU_HEAD,),
        "cancel": (Role.BUREAU_HEAD,),
        "discard": (Role.BUREAU_OFFICER,),
        "request_back": (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE),
        "reject": (Role.BUREAU_HEAD,),
        "archive": (Role.BUREAU_HEAD,),
    }

    def is_legal(self, action: str, instance: Round) -> bool:
        page = getattr(instance, "page", None)
        if action == "revise":
            return instance.status in UNPUBLISHED
        if action == "write":
            return page is None and instance.status in (*UNPUBLISHED, "PUBLISHED", "OPEN")
        if action == "submit_notice":
            return bool(page and page.has_unpublished_changes and not page.workflow_in_progress)
        if action == "request_allocation":
            return instance.status == "DRAFT"
        if action == "request_back":
            return instance.status in guards.RETURNABLE and guards.holding(instance).exists()
        if action == "reject":
            return bool(page and page.workflow_in_progress)
        if action == "publish" and instance.status in ("PUBLISHED", "OPEN"):
            return bool(page and page.workflow_in_progress)
        return super().is_legal(action, instance)

    def open_reasons(self, action: str, instance: Round) -> list[Reason]:
        reasons = super().open_reasons(action, instance)
        more = {
            "submit_notice": lambda round: guards.blank(round.page),
            "publish": guards.unwritten,
            "request_allocation": guards.nothing_to_ask,
            "request_back": guards.nothing_to_take,
        }
        return [*reasons, *more[action](instance)] if action in more else reasons

    def allows(self, user: Any, action: str, instance: Round) -> bool:
        if not holds(user, self.roles_for(action), instance.region):
            return False
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Round) -> str:
        if action == "discard":
            return "" if instance.created_by_id == user.pk else _("这个批次由别的经办人起草，只能由起草人作废。")
        own = action == "publish" and (instance.created_by_id == user.pk or wrote_unpublished(instance, user))
        return _("这个批次的通知由您起草，须由另一位同志审核发布。") if own else ""


class PagePolicy(PagePermissionPolicy):
    """Wagtail's rules for pages, without the notices of other regions: lists, search, reports and the page API."""

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        inside = instance.pk not in elsewhere(user)
        return inside and super().user_has_any_permission_for_instance(user, actions, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return super().instances_user_has_any_permission_for(user, actions).exclude(pk__in=elsewhere(user))


class AllocationPolicy(Policy):
    place = "envelope.round.region"
    lifecycle = ALLOCATION
    guards = guards
    actions = {
        "view": READERS,
        "approve_allocation": (Role.BUREAU_LEADER,),
        "refuse_allocation": (Role.BUREAU_LEADER,),
    }

    def allows(self, user: Any, action: str, instance: Allocation) -> bool:
        if not holds(user, self.roles_for(action), instance.envelope.round.region):
            return False
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Allocation) -> str:
        own = action != "view" and instance.requested_by_id == user.pk
        return _("这笔申请由您提出，须由另一位领导审批。") if own else ""


policy = RoundPolicy(Round)
page_policy = PagePolicy()
allocation_policy = AllocationPolicy(Allocation)

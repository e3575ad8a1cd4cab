"""Who may do what with lists and objections. Objecting needs no permission."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from grants.publicity import guards
from grants.publicity.models import HANDLERS, READERS, Objection, Publicity
from grants.publicity.states import OBJECTION, PUBLICITY, S
from portal.access import Role
from portal.access.policies import Policy

OFFICERS = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD)


class PublicityPolicy(Policy):
    place = "region"
    lifecycle = PUBLICITY
    guards = guards
    actions = {
        "view": READERS,
        "edit": (Role.BUREAU_OFFICER,),
        "reword": (Role.BUREAU_OFFICER,),
        "start": (Role.BUREAU_HEAD, Role.BUREAU_LEADER),
        "correct": (Role.BUREAU_OFFICER,),
    }

    def is_legal(self, action: str, instance: Any) -> bool:
        if action in ("edit", "reword"):
            return instance.status == S.DRAFT
        if action == "correct":
            return instance.status != S.DRAFT and not hasattr(instance, "replaced_by")
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        if action == "start" and instance.created_by_id == user.pk:
            return False
        return super().allows(user, action, instance)


class ObjectionPolicy(Policy):
    place = "publicity.region"
    lifecycle = OBJECTION
    actions = {
        "view": HANDLERS,
        **dict.fromkeys(OBJECTION.moves, OFFICERS),
        "reveal": OFFICERS,
    }

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        if action == "view":
            return True
        if action == "reveal":
            return instance.handler_id == user.pk and instance.is_named
        if instance.handler_id and instance.handler_id != user.pk:
            return False
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Any) -> str:
        own = action in OBJECTION.moves and instance.publicity.created_by_id == user.pk
        return _("拟定这份名单的经办人应当回避，请由其他人员办理。") if own else ""


def may_read_evidence(user: Any, file: Any) -> bool:
    """Those who handle objections in the region; not who drew up the list, and only the handler once there is one."""
    rows = Objection.objects.visible_to(user).filter(evidence=file).exclude(publicity__created_by=user)
    return rows.filter(Q(handler__isnull=True) | Q(handler=user)).exists()


policy = PublicityPolicy(Publicity)
objections = ObjectionPolicy(Objection)

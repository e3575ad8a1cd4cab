"""Who may decide what: officers draft, leaders decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.awards import guards, queries
from grants.awards.models import READERS, Award, Resolution
from grants.awards.states import LIFECYCLE, RESOLUTION, Meeting
from portal.access import Role
from portal.access.policies import Policy

OFFICER = (Role.BUREAU_OFFICER,)
LEADER = (Role.BUREAU_LEADER,)


class ResolutionPolicy(Policy):
    place = "round.region"
    lifecycle = RESOLUTION
    guards = guards
    actions = {
        "view": READERS,
        "draft": OFFICER,
        "record": LEADER,
        "publicise": OFFICER,
        "rebuild": OFFICER,
        "cancel": OFFICER,
        "send_back": LEADER,
    }

    def is_legal(self, action: str, instance: Any) -> bool:
        if action == "publicise":
            return instance.status == Meeting.RECORDED and instance.publicity_id is None
        if action == "rebuild":
            return queries.draft_of(instance) is not None
        if action in ("cancel", "send_back"):
            return instance.status == Meeting.DRAFT
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Any) -> str:
        own = action == "record" and instance.drafted_by_id == user.pk
        return _("会议结果由您录入，须由另一位领导确认。") if own else ""


class AwardPolicy(Policy):
    place = "region"
    lifecycle = LIFECYCLE
    guards = guards
    actions = {"view": READERS, "confirm": LEADER, "drop": LEADER, "lapse": LEADER, "promote": LEADER}

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Any) -> str:
        drafter = instance.resolution.drafted_by_id if instance.resolution_id else None
        own = action == "confirm" and drafter == user.pk
        return _("会议结果由您录入，须由另一位领导立项。") if own else ""


policy = AwardPolicy(Award)
resolutions = ResolutionPolicy(Resolution)


def may_read_notice(user: Any, paper: Any) -> bool:
    """The 立项通知书: whoever sees the award."""
    return Award.objects.visible_to(user).filter(code=paper.about).exists()

"""Who decides on a need: the community or street where it lies, never the person who posted it."""

from __future__ import annotations

from typing import Any

from grants.needs.models import DECIDERS, READERS, Need
from grants.needs.states import LIFECYCLE
from portal.access.policies import Policy


class NeedPolicy(Policy):
    place = "region"
    actions = {"view": READERS, "list": DECIDERS, "decline": DECIDERS}
    lifecycle = LIFECYCLE

    def allows(self, user: Any, action: str, instance: Need) -> bool:
        if action == "view":
            return True
        in_scope = Need.objects.filter(user.scope(*DECIDERS), pk=instance.pk).exists()
        return super().allows(user, action, instance) and instance.posted_by_id != user.pk and in_scope


policy = NeedPolicy(Need)

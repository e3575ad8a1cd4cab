"""Who may do what in a review."""

from __future__ import annotations

from typing import Any

from grants.review import guards
from grants.review.models import Conflict, Panel, PanelMember
from grants.review.models.panel import READERS
from grants.review.states import CONFLICT, PANEL, PanelState
from portal.access import Role
from portal.access.policies import Policy

SECRETARY = (Role.PANEL_SECRETARY,)


class PanelPolicy(Policy):
    """The panel's own secretary acts; the readers of the region look on."""

    lifecycle = PANEL
    guards = guards
    actions = {
        "view": READERS,
        "add": SECRETARY,
        "seat": SECRETARY,
        "enter": SECRETARY,
        "assign": SECRETARY,
        "open": SECRETARY,
        "remind": SECRETARY,
        "lock": SECRETARY,
        "seal": SECRETARY,
    }

    def is_legal(self, action: str, instance: Any) -> bool:
        if action in ("seat", "enter", "assign"):
            return instance.status == PanelState.DRAFT
        if action == "remind":
            return instance.status == PanelState.OPEN
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        mine = action in ("view", "add") or instance.secretary_id == user.pk
        return mine and super().allows(user, action, instance)


class ConflictPolicy(Policy):
    lifecycle = CONFLICT
    actions = {"view": READERS, "confirm": SECRETARY, "dismiss": SECRETARY, "substitute": SECRETARY}

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        panel = instance.candidacy.panel
        if action == "view":
            return True
        running = panel.secretary_id == user.pk and panel.status == PanelState.OPEN
        if action == "substitute":
            return running and instance.status == "OPEN"
        return running and super().allows(user, action, instance)


class SeatPolicy(Policy):
    """The seat belongs to the expert: promise, scores, handing in."""

    actions = {"score": (Role.EXPERT, Role.EXPERT_FIN)}

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return instance.user_id == user.pk


policy = PanelPolicy(Panel)
conflicts = ConflictPolicy(Conflict)
seats = SeatPolicy(PanelMember)

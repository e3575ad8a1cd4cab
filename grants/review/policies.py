"""Who may do what in a review."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.review import guards, queries
from grants.review.models import Conflict, Panel, PanelMember, Shortlist, Slot
from grants.review.models.panel import READERS
from grants.review.states import CONFLICT, PANEL, Candidate, ConflictState, PanelState
from portal.access import Role
from portal.access.policies import Policy
from portal.lifecycle import Reason

SECRETARY = (Role.PANEL_SECRETARY,)


class PanelPolicy(Policy):
    """The panel's own secretary acts; the readers of the region look on."""

    place = "round.region"
    lifecycle = PANEL
    guards = guards
    actions = {
        "view": READERS,
        "add": SECRETARY,
        "reset_due": SECRETARY,
        "cancel": SECRETARY,
        "seat": SECRETARY,
        "enter": SECRETARY,
        "assign": SECRETARY,
        "schedule": SECRETARY,
        "step_in": SECRETARY,
        "open": SECRETARY,
        "remind": SECRETARY,
        "lock": SECRETARY,
        "seal": SECRETARY,
    }

    def is_legal(self, action: str, instance: Any) -> bool:
        if action in ("enter", "schedule") and (action == "schedule") != instance.is_defence:
            return False
        if action in ("seat", "enter", "assign", "schedule"):
            return instance.status == PanelState.DRAFT
        if action == "reset_due":
            return instance.status in (PanelState.DRAFT, PanelState.OPEN)
        if action in ("remind", "step_in"):
            return instance.status == PanelState.OPEN
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        mine = action in ("view", "add") or instance.secretary_id == user.pk
        return mine and super().allows(user, action, instance)


class ConflictPolicy(Policy):
    place = "candidacy.panel.round.region"
    lifecycle = CONFLICT
    guards = guards
    actions = {"view": READERS, "confirm": SECRETARY, "dismiss": SECRETARY, "substitute": SECRETARY}

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        panel = instance.member.panel
        if action == "view":
            return True
        running = panel.secretary_id == user.pk and panel.status == PanelState.OPEN
        return running and super().allows(user, action, instance)

    def is_legal(self, action: str, instance: Any) -> bool:
        if action == "substitute":
            return instance.status == ConflictState.OPEN
        return super().is_legal(action, instance)

    def open_reasons(self, action: str, instance: Any) -> list[Reason]:
        return guards.taken_over(instance) if action == "substitute" else super().open_reasons(action, instance)


class ShortlistPolicy(Policy):
    """The short list of a round is cut by its secretary or officer. Asked about the round."""

    actions = {"view": READERS, "cut": (Role.PANEL_SECRETARY, Role.BUREAU_OFFICER)}

    def open_reasons(self, action: str, instance: Any) -> list[Reason]:
        return queries.uncut(instance) if action == "cut" else []

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return self.is_near(user, action, instance) and super().allows(user, action, instance)

    def is_near(self, user: Any, action: str, round: Any) -> bool:
        roles, path = self.roles_for(action), round.region.path
        return any(one.role in roles and path.startswith(one.region.path) for one in user.grants_now)


class SlotPolicy(Policy):
    """Attendance and time of a defence: the panel's own secretary, as long as nobody has recorded either."""

    place = "panel.round.region"
    actions = {"view": READERS, "attend": SECRETARY, "miss": SECRETARY, "move": SECRETARY}

    def is_legal(self, action: str, instance: Any) -> bool:
        if action == "view":
            return True
        states = (PanelState.DRAFT, PanelState.OPEN) if action == "move" else (PanelState.OPEN,)
        is_waiting = instance.present_at is None and instance.status == Candidate.DEFENCE_SCHEDULED
        return is_waiting and instance.panel.status in states

    def open_reasons(self, action: str, instance: Any) -> list[Reason]:
        return guards.too_early(action, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        mine = action == "view" or instance.panel.secretary_id == user.pk
        return mine and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Any) -> str:
        return "" if instance.panel.secretary_id == user.pk else _("答辩由本组的评审秘书办理。")


class SeatPolicy(Policy):
    """The seat belongs to the expert: promise, scores, handing in, giving it back."""

    actions = {"score": (Role.EXPERT, Role.EXPERT_FIN), "decline": (Role.EXPERT, Role.EXPERT_FIN)}

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return instance.user_id == user.pk


policy = PanelPolicy(Panel)
conflicts = ConflictPolicy(Conflict)
seats = SeatPolicy(PanelMember)
shortlists = ShortlistPolicy(Shortlist)
slots = SlotPolicy(Slot)

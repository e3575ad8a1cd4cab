"""Panels, candidacies, sheets and conflicts: the states of a review."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class Candidate(TextChoices):
    IN_REVIEW = "IN_REVIEW", _("评审中")
    SHORTLISTED = "SHORTLISTED", _("入围")
    NOT_SHORTLISTED = "NOT_SHORTLISTED", _("未入围")
    DEFENCE_SCHEDULED = "DEFENCE_SCHEDULED", _("待答辩")
    DEFENCE_ABSENT = "DEFENCE_ABSENT", _("答辩缺席")
    SCORED = "SCORED", _("已评分")


class PanelState(TextChoices):
    DRAFT = "DRAFT", _("筹备")
    OPEN = "OPEN", _("评分中")
    LOCKED = "LOCKED", _("已锁定")
    SEALED = "SEALED", _("已封存")
    CANCELLED = "CANCELLED", _("已取消")


class Sheet(TextChoices):
    DRAFT = "DRAFT", _("草稿")
    COMPLETE = "COMPLETE", _("已评")
    SUBMITTED = "SUBMITTED", _("已提交")
    EXCLUDED = "EXCLUDED", _("已回避")


class ConflictState(TextChoices):
    UNSURE = "UNSURE", _("待秘书决定")
    OPEN = "OPEN", _("回避")
    DISMISSED = "DISMISSED", _("无需回避")


UNDECIDED = (Candidate.IN_REVIEW, Candidate.SHORTLISTED, Candidate.DEFENCE_SCHEDULED)
"""The panels still have something to do with it."""

UNSEEN = (PanelState.DRAFT, PanelState.CANCELLED)
"""Experts see nothing of a panel in one of these."""

BLOCKING = (ConflictState.UNSURE, ConflictState.OPEN)
"""While a conflict stands in one of these, the expert neither sees nor scores the dossier."""

SCORING_ENDS = "the end of scoring"
PANEL_DATE = "the date of its panel"

PANEL = Lifecycle(
    {
        "open": move(PanelState.DRAFT, to=PanelState.OPEN, guards=["unready"], owner=Role.EXPERT, until=SCORING_ENDS),
        "lock": move(
            PanelState.OPEN, to=PanelState.LOCKED, guards=["unfinished"], owner=Role.PANEL_SECRETARY, days=2
        ),
        "seal": move(PanelState.LOCKED, to=PanelState.SEALED, owner=Role.BUREAU_OFFICER, days=5),
        "cancel": move(PanelState.DRAFT, to=PanelState.CANCELLED),
    },
    starts=[begin(PanelState.DRAFT, owner=Role.PANEL_SECRETARY, days=5)],
)

CANDIDACY = Lifecycle(
    {
        "shortlist": move(Candidate.IN_REVIEW, to=Candidate.SHORTLISTED, owner=Role.PANEL_SECRETARY, days=5),
        "leave_out": move(Candidate.IN_REVIEW, to=Candidate.NOT_SHORTLISTED),
        "schedule": move(
            Candidate.SHORTLISTED, to=Candidate.DEFENCE_SCHEDULED, owner=Role.PANEL_SECRETARY, until="its slot"
        ),
        "unschedule": move(Candidate.DEFENCE_SCHEDULED, to=Candidate.SHORTLISTED, owner=Role.PANEL_SECRETARY, days=5),
        "miss": move(Candidate.DEFENCE_SCHEDULED, to=Candidate.DEFENCE_ABSENT),
        "score": move(Candidate.IN_REVIEW, Candidate.DEFENCE_SCHEDULED, to=Candidate.SCORED),
    },
    starts=[begin(Candidate.IN_REVIEW, owner=Role.PANEL_SECRETARY, until=PANEL_DATE)],
)

SHEET = Lifecycle(
    {
        "save": move(Sheet.DRAFT, Sheet.COMPLETE, to=Sheet.DRAFT, owner=Role.EXPERT, until=SCORING_ENDS),
        "complete": move(
            Sheet.DRAFT, Sheet.COMPLETE, to=Sheet.COMPLETE, guards=["gaps"], owner=Role.EXPERT, until=SCORING_ENDS
        ),
        "submit": move(Sheet.COMPLETE, to=Sheet.SUBMITTED),
        "exclude": move(Sheet.DRAFT, Sheet.COMPLETE, Sheet.SUBMITTED, to=Sheet.EXCLUDED),
        "readmit": move(Sheet.EXCLUDED, to=Sheet.DRAFT, owner=Role.EXPERT, until=SCORING_ENDS),
    },
    starts=[begin(Sheet.DRAFT, owner=Role.EXPERT, until=SCORING_ENDS)],
    rests={
        Sheet.SUBMITTED: "counts in the ranking",
        Sheet.EXCLUDED: "its conflict has the clock",
    },
)

CONFLICT = Lifecycle(
    {
        "confirm": move(ConflictState.UNSURE, to=ConflictState.OPEN, owner=Role.PANEL_SECRETARY, days=2),
        "dismiss": move(
            ConflictState.UNSURE,
            ConflictState.OPEN,
            to=ConflictState.DISMISSED,
            guards=["said_by_the_expert", "taken_over"],
        ),
        "reopen": move(ConflictState.DISMISSED, to=ConflictState.OPEN, owner=Role.PANEL_SECRETARY, days=2),
    },
    starts=[
        begin(ConflictState.UNSURE, owner=Role.PANEL_SECRETARY, days=2),
        begin(ConflictState.OPEN, owner=Role.PANEL_SECRETARY, days=2),
    ],
    rests={ConflictState.DISMISSED: "the expert scores; a conflict may still be declared"},
)
"""An open conflict waits for a substitute."""

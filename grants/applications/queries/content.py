"""The dossier for reading: of a handed-in version, or of the draft as it stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.queries.dossier import dossier
from grants.calls.models import Criterion, Round
from portal.dynforms.queries import display_sections

RELATED = (
    "round__programme", "round__region", "organization", "region", "form_version", "version__submitted_by", "created_by",
)  # fmt: skip
"""What every page about one application reads along."""


def content(application: Application, version: Any = None) -> dict[str, Any]:
    """Return what dossier.html shows: of a version, or of the draft as it stands. Paths are ready-made words."""
    if version is None:
        whole = dossier(application)
        return {
            "sections": display_sections(application.form_version, whole.answers),
            "lines": whole.lines,
            "items": whole.items,
            "files": [
                {"name": one.file.name, "size": one.file.size, "key": one.file.key} for one in whole.attachments
            ],
            "budget": whole.budget,
        }
    grant, own, other = (
        sum(row["amount"] for row in version.budget if row["source"] == source)
        for source in ("GRANT", "SELF", "OTHER")
    )
    return {
        "sections": display_sections(version.form_version, version.answers),
        "lines": version.budget,
        "items": version.plan,
        "files": version.attachments,
        "budget": {"grant": grant, "own": own, "other": other, "total": grant + own + other},
    }


def rubric_lines(round: Round, named: str | None = None) -> list[str]:
    """Return the criteria of the paper review that `named` names, else all of them: "需求真实 25 分". 1 query.

    The form names a criterion with the points of the standard rubric; a round may give it others, or leave it out.
    """
    judged = round.criteria.filter(stage=Criterion.Stage.PAPER).order_by("pk")
    return [
        _("%(name)s %(points)s 分") % {"name": one.name, "points": one.max_points}
        for one in judged
        if named is None or one.name in named
    ]


def named_in(questions: list[dict[str, Any]]) -> str:
    """Return what the questions say they are judged by."""
    return " ".join(one.get("criterion") or "" for one in questions)

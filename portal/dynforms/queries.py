"""Reading answers with the form they were given to. No query: the version carries its schema."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.dynforms import rules
from portal.dynforms.models import FormVersion


def words(question: rules.Question, value: Any) -> str:
    """Write one stored answer for the reader."""
    if question["type"] == "date" and value:
        return date_format(date.fromisoformat(value), _("Y年n月j日"))
    return rules.words(question, value)


def display(version: FormVersion, answers: rules.Answers) -> list[tuple[str, str]]:
    """Return (label, words) of every asked question, in the form's order."""
    asked = rules.asked_ids(version.schema, answers)
    return [
        (question["label"], words(question, answers.get(question["id"])))
        for question in rules.questions(version.schema)
        if question["id"] in asked
    ]


def display_sections(version: FormVersion, answers: rules.Answers) -> list[dict[str, Any]]:
    """Return [{"id", "title", "rows": [{"id", "label", "type", "words", "value", "columns"}]}] of what was asked."""
    asked = rules.asked_ids(version.schema, answers)
    return [
        {
            "id": section["id"],
            "title": section["title"],
            "rows": [
                {
                    "id": question["id"],
                    "label": question["label"],
                    "type": question["type"],
                    "words": words(question, answers.get(question["id"])),
                    "value": answers.get(question["id"]),
                    "columns": question.get("columns", []),
                }
                for question in section["questions"]
                if question["id"] in asked
            ],
        }
        for section in version.schema["sections"]
    ]

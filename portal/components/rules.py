"""Shapes that screens of all packages share. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any


@dataclass(frozen=True)
class Due:
    """One row of a work list: what the person must do next, by when, and where.

    title: "审核第 1 期拨付 · 老城梯坎助行计划"; url: where the job is done; due_on: date in Shanghai, or
    None where no clock runs; state: word of the state; kind: machine code such as "payments.check";
    about: the object that waits, as "payments.payment:12"; project: key of the project it belongs to, or "".
    """

    title: str
    url: str
    due_on: date | None
    state: str
    kind: str
    about: str = ""
    project: str = ""


def name_of(subject: Any) -> str:
    """Return the name of a row among all rows of the house: "payments.payment:12"."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def due_of(subject: Any, title: str, url: str, kind: str, *, project: Any = None, **changes: Any) -> Due:
    """Return the work-list row of `subject`: its own date and state, unless `changes` say otherwise. No query."""
    return Due(
        title=str(title),
        url=url,
        due_on=changes.get("due_on", getattr(subject, "due_on", None)),
        state=str(changes.get("state") or subject.get_status_display()),
        kind=kind,
        about=name_of(subject),
        project=project.key if project else "",
    )


def stamp(value: date | datetime | None, zone: tzinfo) -> str:
    """2027-06-21, or 2027-06-21 15:06 in `zone`; the midnight that ends a day is 24:00 of that day."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    local = value.astimezone(zone) if value.tzinfo else value
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def facts_of(html: str) -> list[str]:
    """Return the facts that stand in `html` with " · " between them; a dot inside an element parts nothing.

    html: escaped text with spans, links and times, none of them without its end.
    """
    facts, depth = [""], 0
    for piece in re.split(r"(<[^>]*>| · )", html):
        if piece == " · " and depth == 0:
            facts.append("")
            continue
        if piece.startswith("<"):
            depth += -1 if piece.startswith("</") else 1
        facts[-1] += piece
    return facts


WEEKDAYS = "一二三四五六日"

# State codes of all packages → one of six tones (screens.md § 4.1). A model may answer for itself
# with `status_tone`; an unknown code is neutral.
TONES: dict[str, str] = {
    code: tone
    for tone, codes in {
        "info": (
            "open submitted screening checking checked requested in_progress active handling approved_in_part"
            " appropriated batched reported claimed applied assigned accepted_by_payer registered drafting_reply"
            " hearing running signing signed sent dispatched identified assembled scoring drafted appropriating filed"
            " payments.approved answering replied responded requesting midterm final executing recorded investigating finishing needs_open"
            " budgeted fieldwork notified rectified posted listed received"
        ),
        "warning": (
            "returned returned_for_correction correction rectifying due expiring ordered on_hold hold overdue_soon"
            " suspended to_correct reserve pending_receipt waiting unsure heard follow_up agreements.draft"
        ),
        "success": (
            "passed approved paid closed_well accepted confirmed verified done completed met receipted settled matched"
            " contracted lifted screened screen_passed answered granted published issued cleared written effective"
            " closed_pass scored complete ok"
        ),
        "danger": (
            "rejected refused failed screen_failed overdue frozen overdrawn terminated revoked rejected_by_bank dropped"
            " abnormal not_met upheld dead bounced closed_fail not_accepted disallowed mismatch declined"
        ),
        "review": "in_review reviewing review publicised publicised_open publicity standing sealed ranked deciding"
        " decision proposed shortlisted defence_scheduled publicity.running",
        "incubate": "incubating preparing_to_incubate graduated in_stay",
    }.items()
    for code in codes.split()
}


def tone_of(code: str, app: str = "") -> str:
    """Return the tone of a state code, first as "app.code"; case does not matter."""
    return TONES.get(f"{app}.{code}".lower()) or TONES.get(code.lower(), "neutral")


@dataclass(frozen=True)
class Bar:
    """One piece of a stacked bar: SVG lengths in percent."""

    start: str
    width: str


def bars(parts: list[int], whole: int) -> list[Bar]:
    """Return the pieces of a bar whose full length is `whole`."""
    done, pieces = 0, []
    for part in parts:
        pieces.append(
            Bar(f"{100 * done / whole:.2f}%" if whole else "0%", f"{100 * part / whole:.2f}%" if whole else "0%")
        )
        done += part
    return pieces


@dataclass(frozen=True)
class MenuItem:
    """One line of a menu. url: path or route name; roles: empty = everybody; members: also people of organizations.

    covers: beginnings of other paths that belong to it.
    """

    label: str
    url: str
    roles: tuple[str, ...] = ()
    members: bool = False
    covers: tuple[str, ...] = ()

    def is_for(self, user: Any) -> bool:
        if not self.roles and not self.members:
            return True
        if user is None or not user.is_authenticated:
            return False
        if self.roles and user.has_role(*self.roles):
            return True
        return self.members and bool(getattr(user, "is_member", False))

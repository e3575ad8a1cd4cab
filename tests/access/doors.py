"""Who gets in at every door that names an object: the tables of tests/access/test_objects.py.

Reviewed by hand. Words are roles, members of the organization whose object it is (admin, writer,
accountant, reader), or the one whom the thing names (claimant, guest, resident). Everybody else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

VIEW = ("inspect", "history", "history_results")
"""Doors of every viewset; they are open to the roles that may open its list (LISTS in tests/test_access.py)."""
OWN = "admin writer accountant reader"
FOLLOW = "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY OPERATOR AUDITOR SUPERVISOR"
APPLY = "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE STREET PANEL_SECRETARY AUDITOR SUPERVISOR"

# Namespace of a viewset -> the thing of tests/access/mirrored.py, and action -> who gets in.
STAFF: dict[str, tuple[str, dict[str, str]]] = {
    "staff_engagements": (
        "engagement",
        {
            "notify": "AUDITOR",
            "start": "AUDITOR",
            "draw": "AUDITOR",
            "redraw": "AUDITOR",
            "find": "AUDITOR",
            "draft": "AUDITOR",
            "respond": "AUDITOR",
            "issue": "AUDITOR",
            "close": "BUREAU_HEAD",
            "name_auditor": "AUDITOR",
        },
    ),
    "staff_findings": (
        "ordered",
        {
            "send_for_hearing": "AUDITOR",
            "drop": "AUDITOR",
            "issue": "AUDITOR",
            "hold": "BUREAU_HEAD",
            "order": "BUREAU_HEAD",
            "disallow": "BUREAU_HEAD",
            "settle_minor": "BUREAU_HEAD",
            "send_back": "BUREAU_OFFICER AUDITOR",
            "verify": "BUREAU_OFFICER AUDITOR",
            "settle": "BUREAU_HEAD",
        },
    ),
    "staff_payments": (
        "payment",
        {
            "check": "BUREAU_OFFICER",
            "approve": "BUREAU_LEADER BUREAU_FINANCE",
            "appropriate": "BUREAU_FINANCE FINANCE",
            "return": "BUREAU_OFFICER",
            "reject_by_bank": "BUREAU_FINANCE FINANCE CASHIER",
        },
    ),
    "staff_batches": ("batch", {"result": "BUREAU_FINANCE CASHIER"}),
    "staff_statements": ("statement", {}),
    "staff_lines": ("line", {"explain": "BUREAU_FINANCE CASHIER"}),
    "staff_refunds": ("refund", {"match": "BUREAU_FINANCE CASHIER", "cancel": "BUREAU_OFFICER BUREAU_FINANCE"}),
    "staff_expenditures": ("expenditure", {"accept": "BUREAU_OFFICER", "refuse": "BUREAU_OFFICER"}),
    "staff_reports": ("report", {"accept": "BUREAU_OFFICER", "send_back": "BUREAU_OFFICER"}),
    "staff_evaluation_tasks": ("task", {"release": "BUREAU_OFFICER"}),
    "staff_evaluations": ("evaluation", {}),
    "staff_activities": ("activity", {}),
    "staff_projects": (
        "project",
        {
            "close_pass": "BUREAU_OFFICER BUREAU_HEAD",
            "close_fail": "BUREAU_OFFICER BUREAU_HEAD",
            "suspend": "BUREAU_HEAD BUREAU_LEADER",
            "resume": "BUREAU_HEAD BUREAU_LEADER",
            "terminate": "BUREAU_OFFICER BUREAU_HEAD",
            "release": "BUREAU_OFFICER",
        },
    ),
    "staff_drafts": ("granted", {"draft": "BUREAU_OFFICER"}),
    "staff_agreements": (
        "drafted",
        {"accept": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER", "store_signed": "BUREAU_OFFICER"},
    ),
    "staff_amendments": (
        "amendment",
        {"approve": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER", "refuse": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER"},
    ),
    "staff_resolutions": (
        "resolution",
        {
            "record": "BUREAU_LEADER",
            "send_back": "BUREAU_LEADER",
            "publicise": "BUREAU_OFFICER",
            "rebuild": "BUREAU_OFFICER",
            "cancel": "BUREAU_OFFICER",
        },
    ),
    "staff_awards": (
        "award",
        {"confirm": "BUREAU_LEADER", "drop": "BUREAU_LEADER", "lapse": "BUREAU_LEADER", "promote": "BUREAU_LEADER"},
    ),
    "staff_slots": ("slot", {"attend": "PANEL_SECRETARY", "miss": "PANEL_SECRETARY", "move": "PANEL_SECRETARY"}),
    "staff_publicity": (
        "publicity",
        {"start": "BUREAU_HEAD BUREAU_LEADER", "edit": "", "reword": "", "correct": "BUREAU_OFFICER"},
    ),
    "staff_objections": (
        "objection",
        {
            "accept": "BUREAU_OFFICER BUREAU_HEAD",
            "refuse": "BUREAU_OFFICER BUREAU_HEAD",
            "investigate": "BUREAU_OFFICER BUREAU_HEAD",
            "uphold": "BUREAU_OFFICER BUREAU_HEAD",
            "dismiss": "BUREAU_OFFICER BUREAU_HEAD",
            "answer": "BUREAU_OFFICER BUREAU_HEAD",
            "reveal": "",
        },
    ),
    "staff_panels": (
        "panel",
        {
            "open": "PANEL_SECRETARY",
            "remind": "PANEL_SECRETARY",
            "lock": "PANEL_SECRETARY",
            "seal": "PANEL_SECRETARY",
            "reset_due": "PANEL_SECRETARY",
            "cancel": "PANEL_SECRETARY",
            "console": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER PANEL_SECRETARY AUDITOR SUPERVISOR",
            "seat": "",
            "enter": "",
            "assign": "",
        },
    ),
    "staff_conflicts": (
        "conflict",
        {"confirm": "PANEL_SECRETARY", "dismiss": "PANEL_SECRETARY", "substitute": "PANEL_SECRETARY"},
    ),
    "staff_applications": ("application", {"screen": "BUREAU_OFFICER"}),
    "staff_rounds": (
        "draft_round",
        {
            "write": "BUREAU_OFFICER",
            "submit_notice": "BUREAU_OFFICER",
            "request_allocation": "BUREAU_OFFICER BUREAU_FINANCE",
            "open_needs": "BUREAU_OFFICER",
            "publish": "BUREAU_HEAD",
            "suspend": "BUREAU_HEAD",
            "resume": "BUREAU_HEAD",
            "cancel": "BUREAU_HEAD",
            "discard": "BUREAU_OFFICER",
            "request_back": "BUREAU_OFFICER BUREAU_FINANCE",
            "archive": "BUREAU_HEAD",
            "revise": "BUREAU_OFFICER",
            "reject": "BUREAU_HEAD",
        },
    ),
    "staff_allocations": (
        "allocation",
        {"approve_allocation": "BUREAU_LEADER", "refuse_allocation": "BUREAU_LEADER"},
    ),
    "staff_needs": ("need", {"list": "STREET COMMUNITY", "decline": "STREET COMMUNITY"}),
    "staff_postings": ("posting", {}),
    "staff_fund_accounts": ("fund_account", {}),
    "staff_fund_sources": ("source", {"revise": "BUREAU_FINANCE"}),
    "staff_entries": (
        "entry",
        {
            "approve": "BUREAU_LEADER",
            "refuse": "BUREAU_LEADER",
            "withdraw": "",
        },
    ),
    "staff_organizations": ("organization", {"list": "REGISTRAR", "remove": "REGISTRAR"}),
    "staff_claims": ("claim", {"verify": "REGISTRAR", "refuse": "REGISTRAR"}),
    "staff_bank_accounts": ("account", {"verify": "BUREAU_FINANCE"}),
    "staff_letters": ("letter", {"resend": "SYS_ADMIN"}),
    "staff_users": ("user", {"grant": "SYS_ADMIN", "stop": "SYS_ADMIN SEC_ADMIN", "reopen": ""}),
    "staff_grants": ("grant", {"end": "SYS_ADMIN SEC_ADMIN"}),
    "staff_regions": ("region", {}),
    "staff_events": ("event", {}),
}

# Route -> (parameter -> thing, "=word" for the word itself), who gets in.
FRONT: dict[str, tuple[dict[str, str], str]] = {
    "staff_resolutions:meeting": ({"pk": "round"}, f"{APPLY} FINANCE CASHIER"),
    "staff_panels:schedule": ({"pk": "panel"}, ""),
    "staff_panels:step_in": ({"pk": "panel"}, "PANEL_SECRETARY"),
    "staff_panels:figures": (
        {"pk": "sealed"},
        "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER PANEL_SECRETARY AUDITOR SUPERVISOR",
    ),
    "staff_panels:shortlist": (
        {"pk": "draft_round"},
        "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER PANEL_SECRETARY AUDITOR SUPERVISOR",
    ),
    "staff_audit_test": ({"pk": "item"}, "AUDITOR"),
    "staff_batch_file": ({"pk": "batch", "kind": "=csv"}, "BUREAU_FINANCE CASHIER AUDITOR"),
    "staff_register_refund": ({"pk": "paid_project"}, "BUREAU_OFFICER BUREAU_FINANCE"),
    "staff_register_recovery": ({"pk": "paid_project"}, "BUREAU_OFFICER BUREAU_FINANCE"),
    "staff_cancel_tranche": ({"pk": "returned"}, "BUREAU_OFFICER"),
    "staff_evaluation_assign": ({"pk": "project", "kind": "=MIDTERM"}, "BUREAU_OFFICER"),
    "staff_organization_file": (
        {"pk": "organization"},
        "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE REGISTRAR STREET COMMUNITY AUDITOR SUPERVISOR INCUBATOR",
    ),
    "registry_end_member": ({"pk": "administration"}, "REGISTRAR"),
    "notices:detail": ({"key": "notice_row"}, "STREET"),
    "notices:open": ({"key": "notice_row"}, "STREET"),
    "registry:organization": ({"key": "organization"}, f"{OWN}"),
    "registry:profile": ({"key": "organization"}, "admin writer"),
    "registry:invite": ({"key": "organization"}, "admin"),
    "registry:enter_account": ({"key": "organization"}, "admin accountant"),
    "registry:end_member": ({"key": "membership"}, "admin"),
    "registry:accept_invitation": ({"key": "invitation"}, "guest"),
    "registry:cancel_invitation": ({"key": "invitation"}, "admin"),
    "registry:claim_state": ({"key": "claim"}, "claimant"),
    "registry:withdraw_claim": ({"key": "claim"}, "claimant"),
    "applications:tasks": ({"key": "writing"}, f"{OWN}"),
    "applications:confirm": ({"key": "writing", "code": "=organization"}, "admin writer"),
    "applications:overview": ({"key": "writing"}, "admin writer"),
    "applications:section": ({"key": "writing", "code": "=venture-need"}, "admin writer"),
    "applications:plan": ({"key": "writing"}, "admin writer"),
    "applications:budget": ({"key": "writing"}, "admin writer"),
    "applications:attachments": ({"key": "writing"}, "admin writer"),
    "applications:check": ({"key": "writing"}, f"{OWN}"),
    "applications:receipt": ({"key": "application"}, f"{APPLY} {OWN}"),
    "applications:receipt_pdf": ({"key": "application"}, f"{APPLY} {OWN}"),
    "applications:detail": ({"key": "application"}, f"{APPLY} {OWN}"),
    "applications:version": ({"key": "application", "number": "=1"}, f"{APPLY} {OWN}"),
    "applications:recall": ({"key": "application"}, "admin"),
    "applications:withdraw": ({"key": "application"}, "admin"),
    "review:desk": ({"key": "dossier"}, "EXPERT"),
    "review:save": ({"key": "dossier"}, "EXPERT"),
    "review:skip": ({"key": "dossier"}, "EXPERT"),
    "review:recuse": ({"key": "dossier"}, "EXPERT"),
    "review:queue": ({"key": "seat"}, "EXPERT"),
    "review:declare": ({"key": "seat"}, "EXPERT"),
    "review:decline": ({"key": "seat"}, ""),
    "review:overview": ({"key": "seat"}, "EXPERT"),
    "agreements:detail": ({"key": "agreement"}, f"{FOLLOW} {OWN}"),
    "agreements:accept": ({"key": "drafted"}, "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER admin"),
    "agreements:pdf": ({"key": "agreement"}, f"{FOLLOW} {OWN}"),
    "agreements:amend": ({"key": "changing"}, "admin writer"),
    "payments:project": ({"key": "paid_project"}, f"{FOLLOW} {OWN}"),
    "payments:request": ({"key": "paid_project", "number": "=2"}, "admin accountant"),
    "payments:receipt": ({"key": "paid"}, "admin accountant"),
    "spending:project": ({"key": "project"}, f"{FOLLOW} {OWN}"),
    "spending:record": ({"key": "project"}, "admin writer accountant"),
    "spending:expenditure": ({"key": "expenditure"}, f"{FOLLOW} {OWN}"),
    "spending:accept": ({"key": "expenditure"}, "BUREAU_OFFICER OPERATOR"),
    "spending:refuse": ({"key": "expenditure"}, "BUREAU_OFFICER OPERATOR"),
    "monitoring:project": ({"key": "project"}, f"{FOLLOW} {OWN} EVALUATOR"),
    "monitoring:record_activity": ({"key": "project"}, "admin writer"),
    "monitoring:record_visit": ({"key": "project"}, "BUREAU_OFFICER STREET OPERATOR EVALUATOR"),
    "monitoring:report": ({"key": "project", "kind": "=final"}, "admin writer"),
    "monitoring:activity": ({"key": "activity"}, f"{FOLLOW} {OWN} EVALUATOR"),
    "monitoring:report_version": ({"key": "report"}, f"{FOLLOW} {OWN}"),
    "monitoring:submit": ({"key": "report"}, "admin"),
    "monitoring:evaluation": ({"key": "evaluation"}, f"{FOLLOW} EVALUATOR"),
    "monitoring:sheet": ({"key": "evaluation"}, "EVALUATOR"),
    "monitoring:rectify": ({"key": "evaluation"}, ""),
    "audits:finding": (
        {"key": "ordered"},
        f"{OWN} BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE STREET AUDITOR SUPERVISOR",
    ),
    "audits:respond": ({"key": "heard"}, "admin"),
    "audits:reply": ({"key": "ordered"}, "admin"),
    "desk:project": ({"key": "changing"}, f"{FOLLOW} {OWN}"),
}

# The private files: thing that holds the file -> who may read it.
FILES: dict[str, str] = {
    "signed": f"{FOLLOW} {OWN}",
    "voucher": f"{FOLLOW} {OWN}",
    "evidence": f"{FOLLOW} {OWN} EVALUATOR",
    "certificate": "claimant BUREAU_OFFICER BUREAU_HEAD REGISTRAR AUDITOR SUPERVISOR",
}

# Doors to what is public on purpose, whatever the key; a public page says what it shows in its own tests.
PUBLIC = (
    "applications:start", "publicity:objection", "publicity:page", "publicity:csv", "publicity:object",
    "home:project", "home:organization",
)  # fmt: skip

SITE = ("staff_page_decide",)
"""Doors to pages of the site, which belong to no district: tests/home/test_writing.py tries them."""


WHOLE_SITE = ("staff_events",)
"""The audit administrator reads the whole trail, other districts too."""


@dataclass(frozen=True)
class Door:
    """name: of the route. given: parameter -> thing or "=word". viewers: roles that see the thing, staff doors only."""

    name: str
    given: tuple[tuple[str, str], ...]
    who: frozenset[str]
    viewers: frozenset[str] = frozenset()

    def url(self, things: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={name: value_of(name, word, things) for name, word in self.given})

    @property
    def is_staff(self) -> bool:
        return self.name.startswith(("staff_", "registry_"))

    @property
    def is_move(self) -> bool:
        return self.name.rpartition(":")[2] not in VIEW

    def __str__(self) -> str:
        return f"{self.name} {dict(self.given)}"


def value_of(parameter: str, word: str, things: dict[str, Any]) -> Any:
    if word.startswith("="):
        return word[1:]
    return getattr(things[word], parameter if parameter in ("key", "token") else "pk")


def table(lists: dict[str, str]) -> list[Door]:
    """Return every door of the tables above. lists: namespace of a viewset -> roles that may open it."""
    doors = []
    for space, (thing, actions) in STAFF.items():
        viewers = lists[space]
        for name, who in [*((name, viewers) for name in VIEW), *actions.items()]:
            doors.append(door(f"{space}:{name}", {"pk": thing}, who, viewers))
    doors += [door(name, given, who) for name, (given, who) in FRONT.items()]
    return doors + [door("files:download", {"key": thing}, who) for thing, who in FILES.items()]


def door(name: str, given: dict[str, str], who: str, viewers: str = "") -> Door:
    return Door(name, tuple(given.items()), frozenset(who.split()), frozenset(viewers.split()))


def named(routes: Iterator[tuple[str, str, Any]]) -> set[str]:
    """Return the names of our routes that take a parameter: each must be in a table, or public."""
    ours = {name for route, name, _ in routes if re.search(r"<\w+:|\(\?P<", route) and is_ours(route, name)}
    return ours - set(PUBLIC) - set(SITE)


def is_ours(route: str, name: str) -> bool:
    if route.startswith("cms/"):
        return name.startswith(("staff_", "registry_", "funds_", "regions_", "accounts_"))
    return not route.startswith(("accounts/", "_util/", "documents/", "media/"))

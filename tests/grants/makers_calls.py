"""Makers of rounds, by the commands that screens call."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wagtail.models import Page

from grants.calls import commands
from grants.calls.models import CallPage, Round
from grants.calls.rules import template
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.dynforms.commands import freeze
from tests.makers import make_region, make_user
from tests.portal.makers_dynforms import stream

NOON = datetime(2026, 2, 10, 12, 0, tzinfo=clock.ZONE)
OPENS = datetime(2026, 2, 2, 9, 0, tzinfo=clock.ZONE)
CLOSES = datetime(2026, 2, 27, 17, 0, tzinfo=clock.ZONE)


def person(username: str, *roles: str, region: str = "330211") -> User:
    return User.objects.filter(username=username).first() or make_user(username, *roles, region=region)


def officer() -> User:
    return person("officer", Role.BUREAU_OFFICER)


def head() -> User:
    return person("head", Role.BUREAU_HEAD)


def leader() -> User:
    return person("leader", Role.BUREAU_LEADER)


def finance() -> User:
    return person("finance", Role.BUREAU_FINANCE)


def make_source(code: str = "LOTTERY", year: int = 2026, fen: int = 150_000_000) -> FundSource:
    """Return a source with `fen` available in `year`."""
    source, is_new = FundSource.objects.get_or_create(
        code=code, defaults={"name": f"来源{code}", "kind": "LOTTERY", "holder": "BUREAU"}
    )
    if is_new and fen:
        ledger.appropriate_budget(source, year, fen, f"演财〔{year}〕{code}", by=finance(), approved_by=leader())
    return source


def round_fields(**changes: Any) -> dict[str, Any]:
    fields = {
        "code": "R2026", "programme": "VENTURE", "region": make_region("330211"), "year": 2026,
        "title": "镇海区2026年公益创投（演示）", "opens_at": OPENS, "closes_at": CLOSES, "ceiling": 5_000_000,
        "starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31), "host": "镇海区民政局",
        "contact": "区民政局社会组织科", "phone": "0574-80000012",
    }  # fmt: skip
    return {**fields, **changes}


def make_draft(fen: int = 30_000_000, **changes: Any) -> Round:
    """Return a round in DRAFT with one envelope."""
    source = make_source()
    return commands.draft_round(officer(), **{**round_fields(envelopes=[(source, 2026, fen)]), **changes})


def make_budgeted(**changes: Any) -> Round:
    round = make_draft(**changes)
    for one in round.envelopes.select_related("source"):
        commands.allocate(round, one.source, one.year, one.planned, by=finance(), approved_by=leader())
    round.refresh_from_db()
    return round


def make_page(round: Round, form: Any = None) -> CallPage:
    commands.set_up_calls(Page.objects.get(depth=2))
    return commands.draft_page(round, by=officer(), summary="资助为老服务。", form=form)


def make_published(form: Any = None, **changes: Any) -> Round:
    """Return a round that went the whole way: four people, workflow and frozen form."""
    with clock.at(NOON):
        round = make_budgeted(**changes)
        page = make_page(round, form)
        commands.submit_page(page, by=officer())
        return commands.approve_page(round, by=head())


def make_open_round(form: Any = None, **changes: Any) -> Round:
    """Return an open round with a notice, made short: for tests of higher floors."""
    fields = round_fields(**changes)
    fields.pop("programme")
    from_type = {"programme_id": programme_id(changes.get("programme", "VENTURE"))}
    with clock.at(NOON):
        round = Round.objects.create(
            **from_type, **fields, status="OPEN", created_by=officer(), published_by=head(), published_at=NOON
        )
        from grants.calls.commands import round as parts

        parts.put_criteria(round, template.CRITERIA)
        parts.put_tranches(round, template.TRANCHES)
        parts.put_budget_rules(round, template.BUDGET_RULES)
        parts.put_eligibility(round, template.ELIGIBILITY)
        parts.put_attachments(round, template.ATTACHMENTS)
        page = make_page(round, form)
        version = freeze(page.title, stream(form or template.FORM), by=head())
        CallPage.objects.filter(pk=page.pk).update(form_version=version)
    return Round.objects.get(pk=round.pk)


def programme_id(code: str) -> int:
    from grants.calls.models import ProgrammeType

    return ProgrammeType.objects.get(code=code).pk

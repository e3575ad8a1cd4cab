"""The demo: built by the same commands that the screens call. Every invented name carries 演示."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db import transaction

from grants.calls.models import Round
from grants.funds import commands as ledger
from grants.publicity.models import Publicity
from portal import clock
from portal.accounts.models import User
from portal.demo import (
    applying,
    base,
    closed,
    deciding,
    ending,
    needing,
    past,
    registry,
    reviewing,
    rounds,
    running,
    site,
    underway,
)
from portal.demo.base import Say
from portal.demo.people import PASSWORD, PEOPLE, log_ins
from portal.search import commands as search
from portal.trail import commands as trail

__all__ = ["PASSWORD", "load", "log_ins"]


def load_site(say: Say) -> None:
    with clock.at(base.moment("2026-01-05 09:00")):
        site.load_site(base.person("officer"), base.person("head"))
    say("网站栏目和文章")


def load_latest(say: Say) -> None:
    opened = Round.objects.get(code="R2026B").opens_at
    publicised = Publicity.objects.get(round_code="R2026C").starts_on
    site.load_latest(base.person("officer"), base.person("head"), opened.astimezone(clock.ZONE).date(), publicised)
    say("近日动态")


def load_seals(say: Say) -> None:
    """Seal the ledger and the trail, as the nightly jobs do."""
    say(f"凭证封存 {ledger.seal()}，操作日志封存 {trail.seal()}")


PARTS = (
    base.load_regions,
    base.load_people,
    base.load_sources,
    past.load_history,
    load_site,
    registry.load_register,
    registry.load_claims,
    needing.load_needs,
    closed.load_last_year,
    closed.load_closed,
    base.load_money,
    rounds.load_decided_round,
    applying.load_decided_applications,
    reviewing.load_review,
    reviewing.load_defence,
    deciding.load_decision,
    needing.load_adopted,
    running.load_agreements,
    running.load_payments,
    running.load_work,
    running.load_midterm,
    deciding.load_urgent_round,
    ending.load_termination,
    running.load_second_payments,
    underway.load_ranked,
    underway.load_panel_at_work,
    running.load_autumn,
    ending.load_audit,
    underway.load_screening,
    rounds.load_open_round,
    applying.load_open_applications,
    ending.load_finals,
    running.load_payments_under_way,
    deciding.load_objected_round,
    load_latest,
    load_seals,
)
"""In the order of their days, so that numbers of vouchers and applications run with the dates."""


def stamp() -> Path:
    return settings.DATA_DIR / "demo-loaded"


def begun() -> Path:
    return settings.DATA_DIR / "demo-loading"


def is_half_loaded() -> bool:
    return begun().exists()


def is_ours() -> bool:
    """Say whether the folder is a demo's: nobody else's is ever added to or thrown away."""
    return stamp().exists() or begun().exists()


def has_demo_people() -> bool:
    """Say whether the database is a demo's too: a demo's folder may be opened with another DATABASE_URL."""
    return User.objects.filter(username=PEOPLE[0].username, name=PEOPLE[0].name).exists()


def load(say: Say) -> None:
    """Build the demo data once; a finished load leaves a stamp. `say` is told each part and its time."""
    if stamp().exists():
        return
    begun().touch()
    for part in PARTS:
        started = time.monotonic()
        # One transaction a part: ten thousand commands would otherwise wait for the disk one by one.
        with transaction.atomic(), search.together():
            part(lambda line, since=started: say(f"{line}（{time.monotonic() - since:.1f} s）"))
    begun().rename(stamp())

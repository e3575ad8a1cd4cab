"""Awards of the past: entered from a list, each with its whole life in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from grants.awards.models import Award, AwardShare
from grants.awards.states import S
from grants.funds import commands as ledger
from grants.funds.models import Account, FundSource
from portal.access import Role
from portal.regions.models import Region
from portal.search import commands as search
from portal.trail.commands import log

LIFE: tuple[tuple[str, tuple[int, int], tuple[tuple[str, str], ...]], ...] = (
    ("propose", (3, 1), (("envelope", "reserved"),)),
    ("confirm", (3, 20), (("reserved", "committed"),)),
    ("approve_tranche", (4, 10), (("committed", "payable"),)),
    ("appropriate", (4, 20), (("payable", "appropriated"),)),
    ("pay", (5, 5), (("appropriated", "held"), ("held", "spent"))),
)
"""What a paid award went through: the event, its month and day, from which account to which."""


def envelope_of(programme: str, source: FundSource, year: int) -> Account:
    return ledger.account("envelope", "round", f"{programme}-{year}", source, year)


@transaction.atomic
def import_budget(
    programme: str, source: FundSource, year: int, fen: int, *, by: Any, approved_by: Any, batch: str = ""
) -> None:
    """下达指标 and 安排额度 for the history of one programme and year. Idempotent by programme, year and batch."""
    on, number = date(year, 1, 15), f"历史导入 {programme}-{year}{'-' if batch else ''}{batch}"
    ledger.appropriate_budget(source, year, fen, number, by=by, approved_by=approved_by, effective_date=on)
    ledger.allocate(
        source, year, envelope_of(programme, source, year), fen, by=by, approved_by=approved_by,
        purpose=programme, key=f"import:{number}", effective_date=on,
    )  # fmt: skip


@transaction.atomic
def import_award(
    *,
    code: str,
    programme: str,
    organization_name: str,
    region: Region,
    year: int,
    amount: int,
    source: FundSource,
    by: Any,
    approved_by: Any,
    title: str = "",
    organization: Any = None,
    split_is_invented: bool = False,
    posted: bool = True,
) -> Award:
    """Enter one award of the past, fully spent, once: the same code again returns what is there.

    amount: fen. posted: False leaves the postings to the caller (post_lives). Budget that nobody has entered
    for it (import_budget) is entered with it. Each entry needs two persons. Six postings, or four where the
    budget stands.
    """
    if found := Award.objects.filter(code=code).first():
        return found
    envelope = envelope_of(programme, source, year)
    Account.objects.select_for_update().get(pk=envelope.pk)
    envelope.refresh_from_db()
    if envelope.balance < amount:
        import_budget(programme, source, year, amount - envelope.balance, by=by, approved_by=approved_by, batch=code)
    award = Award.objects.create(
        code=code, programme=programme, organization=organization, payee=organization,
        organization_name=organization_name, region=region, title=title or organization_name, year=year, amount=amount,
        status=S.APPROVED, is_historic=True, split_is_invented=split_is_invented,
    )  # fmt: skip
    AwardShare.objects.create(award=award, source=source, year=year, amount=amount)
    if posted:
        post_lives([(award, source)], by, approved_by)
    log(award, "awards.import", by=by, role=Role.BUREAU_FINANCE, after={"amount_fen": amount, "year": year})
    return award


def post_lives(made: Iterable[tuple[Award, FundSource]], by: Any, approved_by: Any) -> None:
    """Post the life of awards of one year, day by day: each is settled, all zeros but `spent`."""
    kinds = ("reserved", "committed", "payable", "appropriated", "held", "spent")
    books = [
        (one, {"envelope": envelope_of(one.programme, source, one.year),
               **ledger.accounts(kinds, "award", one.code, source, one.year)})
        for one, source in made
    ]  # fmt: skip
    for event, day, legs in LIFE:
        for one, at in books:
            ledger.post(
                event, key=f"import:{one.code}:{event}", by=by,
                transfers=[ledger.move(at[src], at[dst], one.amount) for src, dst in legs],
                approved_by=approved_by if event == "approve_tranche" else None,
                effective_date=date(one.year, *day), memo="历史数据导入",
            )  # fmt: skip


@transaction.atomic
def import_awards(rows: Iterable[Mapping[str, Any]], *, source_of: Mapping[str, FundSource], by: Any, approved_by: Any) -> (
    list[Award]
):  # fmt: skip
    """Enter a list in one transaction, year by year: the budgets of every programme, then the awards.

    rows: keywords of import_award without source, by and approved_by. source_of: programme -> source.
    The vouchers of a year run in the order of their days.
    """
    wanted = [dict(row) for row in rows]
    known = set(Award.objects.filter(code__in=[row["code"] for row in wanted]).values_list("code", flat=True))
    batch = str(len(known)) if known else ""
    two = {"by": by, "approved_by": approved_by}
    made = {}
    with search.together():
        for year in sorted({row["year"] for row in wanted}):
            rows_now = [row for row in wanted if row["year"] == year]
            new = [row for row in rows_now if row["code"] not in known]
            budgets: Counter[str] = Counter()
            for row in new:
                budgets[row["programme"]] += row["amount"]
            for programme, fen in sorted(budgets.items()):
                import_budget(programme, source_of[programme], year, fen, batch=batch, **two)
            for row in rows_now:
                made[row["code"]] = import_award(**row, source=source_of[row["programme"]], posted=False, **two)
            post_lives([(made[row["code"]], source_of[row["programme"]]) for row in new], **two)
    return [made[row["code"]] for row in wanted]

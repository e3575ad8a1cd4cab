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

LIFE = (("confirm", "reserved", "committed"), ("approve_tranche", "committed", "payable"),
        ("appropriate", "payable", "appropriated"))  # fmt: skip
"""What a paid award went through between its proposal and its payment."""


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
) -> Award:
    """Enter one award of the past, fully spent, once: the same code again returns what is there.

    amount: fen. Budget that nobody has entered for it (import_budget) is entered with it. Each entry
    needs two persons. Six postings, or four where the budget stands.
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
    post_life(award, envelope, source, by, approved_by)
    log(award, "awards.import", by=by, role=Role.BUREAU_FINANCE, after={"amount_fen": amount, "year": year})
    return award


def post_life(award: Award, envelope: Account, source: FundSource, by: Any, approved_by: Any) -> None:
    """Propose, confirm, approve, appropriate, then pay and spend: a settled award, all zeros but `spent`."""
    year, fen, code = award.year, award.amount, award.code
    kinds = ("reserved", "committed", "payable", "appropriated", "held", "spent")
    at = ledger.accounts(kinds, "award", code, source, year)
    dates = {"propose": (3, 1), "confirm": (3, 20), "approve_tranche": (4, 10), "appropriate": (4, 20), "pay": (5, 5)}

    def post(event: str, *legs: tuple[Account, Account]) -> None:
        ledger.post(
            event, key=f"import:{code}:{event}", transfers=[ledger.move(src, dst, fen) for src, dst in legs], by=by,
            approved_by=approved_by if event == "approve_tranche" else None,
            effective_date=date(year, *dates[event]), memo="历史数据导入",
        )  # fmt: skip

    post("propose", (envelope, at["reserved"]))
    for event, src, dst in LIFE:
        post(event, (at[src], at[dst]))
    post("pay", (at["appropriated"], at["held"]), (at["held"], at["spent"]))


@transaction.atomic
def import_awards(rows: Iterable[Mapping[str, Any]], *, source_of: Mapping[str, FundSource], by: Any, approved_by: Any) -> (
    list[Award]
):  # fmt: skip
    """Enter a list in one transaction: the budgets of every programme and year first, then each award.

    rows: keywords of import_award without source, by and approved_by. source_of: programme -> source.
    """
    wanted = [dict(row) for row in rows]
    known = set(Award.objects.filter(code__in=[row["code"] for row in wanted]).values_list("code", flat=True))
    budgets: Counter[tuple[str, int]] = Counter()
    for row in wanted:
        if row["code"] not in known:
            budgets[row["programme"], row["year"]] += row["amount"]
    batch = str(len(known)) if known else ""
    for (programme, year), fen in sorted(budgets.items()):
        import_budget(programme, source_of[programme], year, fen, by=by, approved_by=approved_by, batch=batch)
    with search.together():
        return [
            import_award(**row, source=source_of[row["programme"]], by=by, approved_by=approved_by) for row in wanted
        ]

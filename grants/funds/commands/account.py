"""Opening accounts, and spelling out which money goes where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.funds import rules
from grants.funds.models import Account, FundSource
from grants.funds.models.account import account_code
from grants.funds.states import Kind, OwnerKind
from portal.money import yuan


@dataclass(frozen=True)
class Move:
    """`fen` from `src` to `dst`; category: budget category code of the grant (B1 … B9), or none."""

    src: Account
    dst: Account
    fen: int
    category: str = ""


def move(src: Account, dst: Account, fen: int, category: str = "") -> Move:
    return Move(src, dst, fen, category)


def account(kind: str, owner_kind: str, owner_code: str, source: FundSource, year: int) -> Account:
    """Return the account, opened with nothing where it is missing. Safe against a second opener."""
    return accounts([kind], owner_kind, owner_code, source, year)[kind]


def accounts(
    kinds: Collection[str], owner_kind: str, owner_code: str, source: FundSource, year: int
) -> dict[str, Account]:
    """Return kind -> account of one owner, each opened with nothing where it is missing. One query if all stand."""
    wanted = {kind: account_code(kind, owner_kind, owner_code, source.code, year) for kind in kinds}
    if not owner_code or owner_kind not in OwnerKind.values or not set(wanted) <= set(Kind.values):
        raise rules.WrongEntry(_("账本没有这种账户。"))
    found = {one.kind: one for one in Account.objects.filter(code__in=wanted.values())}
    missing = [
        Account(
            code=code, kind=kind, owner_kind=owner_kind, owner_code=owner_code, source=source, year=year,
            floor=kind not in rules.WORLD,
        )
        for kind, code in wanted.items() if kind not in found
    ]  # fmt: skip
    if not missing:
        return found
    try:
        with transaction.atomic():
            return found | {one.kind: one for one in Account.objects.bulk_create(missing)}
    except IntegrityError:
        # A second opener was quicker with some of them: ask again. A refusal for another cause stays one.
        if not Account.objects.filter(code__in=[one.code for one in missing]).exists():
            raise
        return accounts(kinds, owner_kind, owner_code, source, year)


def world(kind: str, source: FundSource, year: int) -> Account:
    """Return an account of the outside world: treasury, fee_world, returned_world."""
    return account(kind, OwnerKind.WORLD, kind, source, year)


def available(source: FundSource, year: int) -> Account:
    return account(Kind.AVAILABLE, OwnerKind.SOURCE, source.code, source, year)


def along(
    owner_kind: str,
    owner_code: str,
    src_kind: str,
    dst_kind: str,
    fen: int,
    category: str = "",
    *,
    to: tuple[str, str] | None = None,
    year_to: int | None = None,
) -> list[Move]:
    """Return the moves that carry `fen` of an owner from one kind to another, split over its sources.

    Call it inside the command's transaction: it locks the owner's accounts in id order. The split
    follows what each source still holds (`rules.split`), so that the last movement empties every
    source exactly. to: (owner_kind, owner_code) of the other side, the same owner where absent.
    year_to: leave money of later budget years alone. Raises Overdrawn.
    """
    years = {} if year_to is None else {"year__lte": year_to}
    held = list(
        Account.objects.select_for_update(of=("self",))
        .filter(owner_kind=owner_kind, owner_code=owner_code, kind=src_kind, balance__gt=0, **years)
        .select_related("source")
        .order_by("id")
    )
    total = sum(each.balance for each in held)
    if fen > total:
        raise rules.Overdrawn(
            _("%(owner_code)s 的“%(label)s”只有 %(total)s 元，不足 %(fen)s 元。请核对金额后重试。")
            % {"owner_code": owner_code, "label": Kind(src_kind).label, "total": yuan(total), "fen": yuan(fen)}
        )
    if fen <= 0:
        raise rules.WrongEntry(_("金额必须大于零。请核对金额后重试。"))
    held.sort(key=lambda each: (each.year, each.source.code))
    parts = rules.split(fen, [each.balance for each in held])
    other_kind, other_code = to or (owner_kind, owner_code)
    return [
        Move(each, account(dst_kind, other_kind, other_code, each.source, each.year), part, category)
        for each, part in zip(held, parts, strict=True)
        if part
    ]

"""The arithmetic of a budget. Amounts in fen; every comparison in integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grants.calls.rules import BUDGET_CATEGORIES, Share, percent
from portal.money import yuan
from portal.words import say as _

GRANT, SELF, OTHER = "GRANT", "SELF", "OTHER"


@dataclass(frozen=True)
class Line:
    category: str
    item: str
    unit_price: int
    amount: int
    source: str


@dataclass(frozen=True)
class Cap:
    """A budget rule. permyriad: share of the grant part; unit_price: fen; either may be None."""

    category: str
    permyriad: int | None
    unit_price: int | None


@dataclass(frozen=True)
class Fault:
    """One breach. rows: positions (0-based) it shows at; category: "" for a fault of the whole."""

    code: str
    text: str
    rows: tuple[int, ...] = ()
    category: str = ""


@dataclass(frozen=True)
class Budget:
    """The sums shown in the head, and the share of each capped category."""

    grant: int
    own: int
    other: int
    shares: tuple[Share, ...]

    @property
    def total(self) -> int:
        return self.grant + self.own + self.other


def line_amount(unit_price: int, quantity: Decimal, times: int) -> int:
    """Return price × quantity × times in whole fen, half up."""
    return int((Decimal(unit_price) * quantity * times).to_integral_value(ROUND_HALF_UP))


def summed(lines: Sequence[Line], caps: Iterable[Cap]) -> Budget:
    part = {source: sum(one.amount for one in lines if one.source == source) for source in (GRANT, SELF, OTHER)}
    shares = tuple(
        Share(
            cap.category,
            sum(one.amount for one in lines if one.source == GRANT and one.category == cap.category),
            part[GRANT],
            cap.permyriad,
        )
        for cap in caps
        if cap.permyriad is not None
    )
    return Budget(part[GRANT], part[SELF], part[OTHER], shares)


def budget_faults(lines: Sequence[Line], caps: Sequence[Cap], ceiling: int, forbidden: Iterable[str]) -> list[Fault]:
    """Return every breach of the call's rules, in words with the remedy."""
    budget = summed(lines, caps)
    faults = []
    if not lines:
        return [Fault("empty", _("还没有预算行，请至少填写一行。"))]
    if not budget.grant:
        faults.append(Fault("no_grant", _("没有申请资助的预算行，请把至少一行的来源选为“资助”。")))
    if budget.grant > ceiling:
        over = yuan(budget.grant - ceiling)
        faults.append(
            Fault(
                "ceiling",
                _("申请资助 %(grant)s 元，超过每项上限 %(ceiling)s 元。请减少 %(over)s 元。")
                % {"grant": yuan(budget.grant), "ceiling": yuan(ceiling), "over": over},
            )
        )
    faults += [share_fault(share, lines) for share in budget.shares if share.is_over]
    faults += unit_price_faults(lines, caps)
    faults += [
        Fault("incomplete", text, (n,), one.category)
        for n, one in enumerate(lines)
        if (text := unwritten(n + 1, one))
    ]
    for position, line in enumerate(lines):
        if line.source == GRANT and (word := next((one for one in forbidden if one in line.item), "")):
            text = _("第 %(position)s 行“%(item)s”含“%(word)s”，资助资金不得列支。请删除，或改为自筹。") % {
                "position": position + 1,
                "item": line.item,
                "word": word,
            }
            faults.append(Fault("forbidden", text, (position,), line.category))
    return faults


def unwritten(n: int, line: Line) -> str:
    """Say what the row with the number `n` still lacks, "" for nothing."""
    missing = [*([_("支出内容")] if not line.item else []), *([_("单价")] if line.unit_price <= 0 else [])]
    if missing:
        return _("第 %(n)s 行还没有写全，请补上%(missing)s。") % {"n": n, "missing": _("和").join(missing)}
    if line.amount <= 0:
        return _("第 %(n)s 行按数量算出的小计是 0 元，请填写大于 0 的数量；用不着的行请删除。") % {"n": n}
    return ""


def share_fault(share: Share, lines: Sequence[Line]) -> Fault:
    """Words of screens.md § 4.10, no. 8."""
    rows = tuple(n for n, one in enumerate(lines) if one.source == GRANT and one.category == share.category)
    name = _(BUDGET_CATEGORIES[share.category])
    text = _(
        "%(name)s %(amount)s 元，占申请资助额 %(base)s 元的 %(share)s，超过本通知规定的 %(cap)s。把 %(over)s 元改到其他科目即可。"
    ) % {
        "name": name,
        "amount": yuan(share.amount),
        "base": yuan(share.base),
        "share": str(share),
        "cap": percent(share.cap),
        "over": yuan(share.over),
    }
    return Fault("share", text, rows, share.category)


def unit_price_faults(lines: Sequence[Line], caps: Sequence[Cap]) -> list[Fault]:
    limits = {cap.category: cap.unit_price for cap in caps if cap.unit_price is not None}
    return [
        Fault(
            "unit_price",
            _("第 %(n)s 行%(category)s单价 %(unit_price)s 元，超过 %(limit)s 元。请降低单价。")
            % {
                "n": n + 1,
                "category": _(BUDGET_CATEGORIES[one.category]),
                "unit_price": yuan(one.unit_price),
                "limit": yuan(limits[one.category]),
            },
            (n,),
            one.category,
        )
        for n, one in enumerate(lines)
        if one.source == GRANT and one.category in limits and one.unit_price > limits[one.category]
    ]

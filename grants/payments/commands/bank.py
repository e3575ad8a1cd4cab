"""What the bank says: statements and result files, line by line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.funds import commands as ledger
from grants.payments import notices, rules
from grants.payments.commands.moving import ask, legs, locked, post, walk
from grants.payments.commands.payment import reject_by_bank
from grants.payments.models import BankLine, BankStatement, Batch, Direction, Payment
from grants.payments.policies import BANK_ROLES
from grants.payments.states import BATCH, RECEIVED, PaymentStatus
from orgs.registry.rules import same_holder
from portal import clock, money
from portal.lifecycle import NotYet, Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.spreadsheets.commands import read_rows
from portal.trail import commands as trail

OUT_WORDS = {"付", "借", "支出", "OUT", "out"}
IN_WORDS = {"收", "贷", "收入", "IN", "in"}
GOOD = {"", "成功", "SUCCESS", "success", "已入账"}
BAD = {"失败", "退票", "FAILED", "failed"}


class StatementRefused(Refused):
    """A bank file that is not taken in; nothing of it was saved. One argument per sentence."""


@dataclass(frozen=True)
class Row:
    """One line as read. amount in fen."""

    number: int
    reference: str
    booked_on: date
    direction: str
    amount: int
    account_number: str
    holder: str
    memo: str
    is_success: bool
    note: str


@dataclass
class Imported:
    """What an import did. known: lines that were there before; they posted nothing."""

    statement: BankStatement
    known: int = 0
    paid: list[Payment] = field(default_factory=list)
    failed: list[Payment] = field(default_factory=list)
    unmatched: list[BankLine] = field(default_factory=list)


def import_statement(
    upload: Any, *, by: Any, total_out: int | None = None, total_in: int | None = None, batch: Batch | None = None
) -> Imported:
    """Take in a statement or a result file (xlsx, csv) and match its lines.

    total_out, total_in: what the paper says, in fen; they must equal the file's sums. batch: the
    file is the result of this batch, its count and sum must be the batch's. The same file, or the
    same references, again: nothing new. Raises StatementRefused with all reasons.
    """
    data = upload.read()
    upload.seek(0)
    sha256 = hashlib.sha256(data).hexdigest()
    rows = parsed(read_rows(upload, rules.COLUMNS))
    sums = {way: sum(one.amount for one in rows if one.direction == way) for way in Direction.values}
    check_totals(rows, sums, total_out, total_in, batch)
    name = str(getattr(upload, "name", "") or "statement")[:120]
    try:
        with transaction.atomic():
            return take_in(rows, sums, name, sha256, by, batch)
    except IntegrityError as error:
        if not any(word in str(error) for word in ("sha256", "reference")):
            raise
        # Somebody else imported the same lines between our question and our insert.
        if found := BankStatement.objects.filter(sha256=sha256).first():
            return Imported(found, known=found.count)
        raise StatementRefused(_("刚刚有人导入了相同的流水，请重新导入这份文件。")) from error


def take_in(rows: list[Row], sums: dict[str, int], name: str, sha256: str, by: Any, batch: Batch | None) -> Imported:
    """Keep the statement and its new lines, in one transaction."""
    if found := BankStatement.objects.filter(sha256=sha256).first():
        return Imported(found, known=found.count)
    known = known_references(rows)
    statement = BankStatement.objects.create(
        name=name,
        sha256=sha256,
        region=home_of(by),
        count=len(rows),
        total_out=sums[Direction.OUT],
        total_in=sums[Direction.IN],
        imported_by=by,
    )
    trail.log(statement, "payments.import_statement", by=by, after={"sha256": sha256, "count": len(rows)})
    result = Imported(statement, known=len(known))
    for row in rows:
        if row.reference not in known:
            take(row, statement, result, by)
    if batch is not None:
        finish(batch, by)
    return result


def home_of(by: Any) -> Any:
    """The region of the person's money role."""
    for grant in by.grants_now:
        if grant.role in BANK_ROLES:
            return grant.region
    raise Refused(_("银行对账单由局财务、出纳或财政局导入。"))


def parsed(lines: Iterable[dict[str, Any]]) -> list[Row]:
    """Read every line or refuse the whole file, naming each faulty line."""
    rows, faults, seen = [], [], set()
    for line in lines:
        try:
            row = parse(line)
        except ValueError as error:
            faults.append(_("第 %(line)s 行：%(error)s") % {"line": line["#"], "error": error})
            continue
        if row.reference in seen:
            faults.append(
                _("第 %(line)s 行：流水号 %(reference)s 在文件中重复。")
                % {"line": line["#"], "reference": row.reference}
            )
        seen.add(row.reference)
        rows.append(row)
    if faults:
        raise StatementRefused(*faults)
    if not rows:
        raise StatementRefused(_("文件里没有流水。请检查后重新选择。"))
    return rows


def parse(line: dict[str, Any]) -> Row:
    """Raises ValueError with the sentence for the user."""
    text = {name: str(value).strip() for name, value in line.items()}
    if not text["流水号"]:
        raise ValueError(_("没有流水号。"))
    if text["方向"] not in OUT_WORDS | IN_WORDS:
        raise ValueError(_("方向应为“付”或“收”。"))
    if text["结果"] not in GOOD | BAD:
        raise ValueError(_("结果应为“成功”或“失败”。"))
    amount = money.parse(text["金额"])
    if amount <= 0:
        raise ValueError(_("金额应大于 0。"))
    return Row(
        number=int(line["#"]),
        reference=text["流水号"][:60],
        booked_on=day(line["日期"]),
        direction=Direction.OUT if text["方向"] in OUT_WORDS else Direction.IN,
        amount=amount,
        account_number=text["对方账号"].replace(" ", "")[:40],
        holder=text["对方户名"][:80],
        memo=text["摘要"][:200],
        is_success=text["结果"] in GOOD,
        note=text["说明"][:200],
    )


def day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = str(value).strip().replace("/", "-")
    if len(plain) == 8 and plain.isdigit():
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    try:
        found = date.fromisoformat(plain)
    except ValueError:
        raise ValueError(_("日期应为 2026-04-28 的样式。")) from None
    if found > clock.today():
        raise ValueError(_("日期晚于今天。"))
    return found


def check_totals(
    rows: list[Row], sums: dict[str, int], total_out: int | None, total_in: int | None, batch: Batch | None
) -> None:
    faults = [
        _("%(name)s合计 %(found)s 元，与填写的 %(said)s 元不一致，文件没有导入。")
        % {"name": name, "found": yuan(sums[way]), "said": yuan(total)}
        for name, way, total in ((_("支出"), Direction.OUT, total_out), (_("收入"), Direction.IN, total_in))
        if total is not None and total != sums[way]
    ]
    if batch is not None and (len(rows) != batch.count or sums[Direction.OUT] != batch.total):
        faults.append(
            _("回盘文件 %(count)s 笔 %(sum)s 元，批次 %(batch)s 是 %(expected)s 笔 %(total)s 元，文件没有导入。")
            % {
                "count": len(rows),
                "sum": yuan(sums[Direction.OUT]),
                "batch": batch.code,
                "expected": batch.count,
                "total": yuan(batch.total),
            }
        )
    if faults:
        raise StatementRefused(*faults)


def known_references(rows: list[Row]) -> set[str]:
    """Return the references that are in the books. The same reference with other content is refused."""
    found = {one.reference: one for one in BankLine.objects.filter(reference__in=[row.reference for row in rows])}
    faults = [
        _("第 %(line)s 行：流水号 %(reference)s 以前导入过，但金额或账号不同，请核对。")
        % {"line": row.number, "reference": row.reference}
        for row in rows
        if (old := found.get(row.reference))
        and (old.amount, old.account_number, old.direction) != (row.amount, row.account_number, row.direction)
    ]
    if faults:
        raise StatementRefused(*faults)
    return set(found)


@translation.override(settings.LANGUAGE_CODE)  # why a line did not match is kept
def take(row: Row, statement: BankStatement, result: Imported, by: Any) -> None:
    """Keep one new line, and let it do what it says if it fits a payment exactly."""
    line = BankLine.objects.create(
        statement=statement,
        reference=row.reference,
        booked_on=row.booked_on,
        direction=row.direction,
        amount=row.amount,
        account_number=row.account_number,
        holder=row.holder,
        memo=row.memo,
        is_success=row.is_success,
        note=row.note,
    )
    if line.direction == Direction.IN:
        BankLine.objects.filter(pk=line.pk).update(unmatched_because=_("收入，还没有与登记的退款核对。"))
        return
    payment, why = candidate(line, by)
    if payment is None:
        unmatched(line, why, result)
        return
    try:
        with transaction.atomic():
            if line.is_success:
                result.paid.append(pay(payment, line=line, by=by))
            else:
                failed = reject_by_bank(payment, reason=line.note or _("银行退票，没有写明原因"), by=by)
                BankLine.objects.filter(pk=line.pk).update(payment=failed)
                result.failed.append(failed)
    except NotYet as refusal:
        unmatched(line, refusal.for_user(), result)


def unmatched(line: BankLine, why: str, result: Imported) -> None:
    BankLine.objects.filter(pk=line.pk).update(unmatched_because=why[:200])
    line.unmatched_because = why[:200]
    result.unmatched.append(line)


@transaction.atomic
def explain(line: BankLine, *, by: Any, note: str) -> BankLine:
    """Write down what became of a line that fits nothing of ours; it leaves the work lists. No money moves.

    Raises MoveNotAllowed where it was matched or explained meanwhile.
    """
    line = BankLine.objects.select_for_update(of=("self",)).select_related("statement").get(pk=line.pk)
    told = f"{line.unmatched_because} {note.strip()}".strip()
    require_moved(
        BankLine.objects.unexplained().filter(pk=line.pk).update(unmatched_because="", note=note.strip()[:200])
    )
    trail.log(line.statement, "payments.explain_line", by=by, after={"reference": line.reference}, reason=told)
    line.refresh_from_db()
    return line


def candidate(line: BankLine, by: Any) -> tuple[Payment | None, str]:
    """Return the payment that this line pays: its code in the memo, the same amount, the same account.

    by: who imports; a file moves only payments of the region that the money role is held in.
    """
    codes = re.findall(r"[A-Za-z0-9-]+", line.memo)
    near = by.scope(*BANK_ROLES, field="project__region")
    named = list(Payment.objects.filter(near, code__in=codes).select_related("account", "tranche"))
    waiting = [one for one in named if one.status == PaymentStatus.APPROPRIATED]
    if not waiting:
        return None, not_waiting(line, named)
    payment = waiting[0]
    if reasons := mismatch(payment, line):
        return None, " ".join(one.text for one in reasons)
    return payment, ""


def not_waiting(line: BankLine, named: list[Payment]) -> str:
    """Say why a line pays nothing: no code of ours, paid twice, sent back afterwards, or not yet at the bank."""
    if not named:
        return _("摘要里没有待发放的拨付编号。")
    payment = named[0]
    words = {"code": payment.code, "status": payment.get_status_display()}
    if payment.status not in RECEIVED:
        return _("%(code)s 现在是“%(status)s”，没有送银行发放。") % words
    if line.is_success:
        return _("%(code)s 已经到账，这一笔可能是重复发放。请与银行核对，并追回多付的款项。") % words
    return _("%(code)s 到账后又被银行退回。请登记退款，退回的款项到账后再核对。") % words


def mismatch(payment: Payment, line: BankLine) -> list[Reason]:
    found = []
    if line.amount != payment.amount:
        found.append(
            Reason(
                "amount",
                _("金额 %(line)s 元，应为 %(amount)s 元。")
                % {"line": yuan(line.amount), "amount": yuan(payment.amount)},
            )
        )
    account = payment.account
    if account is None or line.account_number != account.number.replace(" ", ""):
        found.append(Reason("account", _("账号与拨付单不一致。")))
    elif not same_holder(line.holder, account.holder):
        found.append(Reason("holder", _("户名与拨付单不一致。")))
    return found


@transaction.atomic
def pay(payment: Payment, *, line: BankLine, by: Any) -> Payment:
    """银行发放: a bank line of the same amount and account. Posts appropriated → held.

    Pay-after money (验收后支付) is spent at once: held → spent in the same posting, by the budget's
    categories. Raises MoveNotAllowed, NotYet.
    """
    payment = locked(payment)
    ask(payment, "pay", by)
    require_none(mismatch(payment, line))
    require_moved(BankLine.objects.filter(pk=line.pk, payment__isnull=True).update(payment=payment))
    moves = legs(payment, "appropriated", "held")
    if payment.tranche.is_pay_after:
        moves += spent_at_once(payment, moves)
    payment = walk(
        payment, "pay", by=by, paid_at=clock.now(), after={"reference": line.reference, "amount": payment.amount}
    )
    post(payment, "pay", moves, by=by, on=line.booked_on)
    notices.paid(payment)
    return payment


def spent_at_once(payment: Payment, received: list[Any]) -> list[Any]:
    """held → spent of each source, shared over the budget's categories without loss."""
    lines = [one for one in payment.project.budget_lines.all() if one.amount]
    moves = []
    for one in received:
        spent = ledger.account("spent", "award", payment.project.code, one.src.source, one.src.year)
        parts = money.share(one.fen, [line.amount for line in lines])
        moves += [
            ledger.move(one.dst, spent, part, line.category) for line, part in zip(lines, parts, strict=True) if part
        ]
    return moves


def finish(batch: Batch, by: Any) -> None:
    """The result of a batch has come: every payment of it is paid or failed."""
    open_ = Payment.objects.filter(batch=batch, status=PaymentStatus.APPROPRIATED).count()
    if open_ == 0 and BATCH.allows("finish_batch", batch.status):
        target = BATCH.target("finish_batch", batch.status)
        require_moved(Batch.objects.filter(pk=batch.pk, status=batch.status).update(status=target))
        trail.log(batch, "payments.finish_batch", by=by)

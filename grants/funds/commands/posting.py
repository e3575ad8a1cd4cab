"""Writing into the books: `post` and `reverse`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from grants.funds import guards, rules
from grants.funds.commands.account import Move
from grants.funds.commands.period import period_of
from grants.funds.models import Account, Posting, Transfer
from grants.funds.states import Kind
from portal import clock
from portal.money import yuan

FOUR_EYES = _("这项业务需要两个人办理：经办人和批准人不能是同一人。请由另一位同事批准。")
CLOSED = _("记账日期所在的会计期间已经结账。请改用未结账期间的日期，或先由两人办理反结账。")
JUDGED: dict[str, rules.Refused] = {
    "posting_has_four_eyes": rules.FourEyes(FOUR_EYES),
    "posting_is_approved_where_required": rules.FourEyes(FOUR_EYES),
    "posting_was_made_by_somebody": rules.FourEyes(_("这项业务必须有经办人。")),
    "posting_names_its_document_where_required": rules.WrongEntry(_("这项业务必须填写文号。请补充文号后重试。")),
    "funds_posting_is_not_in_a_closed_period": rules.PeriodClosed(CLOSED),
    "funds_period_opens_after_the_closed_ones": rules.PeriodClosed(CLOSED),
    "funds_posting_reverses_no_reversal": rules.AlreadyReversed(
        _("红字冲销凭证不能再次冲销。请重新录入正确的凭证。")
    ),
    "funds_posting.reverses_id": rules.AlreadyReversed(_("这张凭证已经冲销过了。")),
    "funds_posting_reverses_id_key": rules.AlreadyReversed(_("这张凭证已经冲销过了。")),
}
"""What the database refused -> what we tell the user. The database is the only judge of these."""


def before_under(key: str, asked: str) -> Posting | None:
    """Return the posting already made under `key`. Raises SameKeyOtherInput."""
    found = Posting.objects.filter(key=key).first()
    if found and found.request_hash != asked:
        raise rules.SameKeyOtherInput(_("同一业务编号已经记过另一笔账。请刷新页面，核对后重新办理。"))
    return found


def lock(moves: Iterable[Move]) -> dict[int, Account]:
    """Lock the accounts of a posting, in id order: two postings would otherwise wait for each other."""
    wanted = {one.pk for each in moves for one in (each.src, each.dst)}
    rows = Account.objects.select_for_update(of=("self",)).select_related("source").filter(pk__in=wanted)
    return {one.pk: one for one in rows.order_by("pk")}


def shortage(moves: Iterable[Move], accounts: dict[int, Account]) -> rules.Overdrawn:
    """Say which account has too little, in words."""
    left = {pk: one.balance for pk, one in accounts.items()}
    for each in moves:
        left[each.src.pk] -= each.fen
        left[each.dst.pk] += each.fen
        one = accounts[each.src.pk]
        if one.floor and left[one.pk] < 0:
            return rules.Overdrawn(
                _(
                    "“%(name)s”%(year)s年度的“%(label)s”余额为 %(balance)s 元，还差 %(missing)s 元。请减少金额，或先补足额度。"
                )
                % {
                    "name": one.source.name,
                    "year": one.year,
                    "label": Kind(one.kind).label,
                    "balance": yuan(one.balance),
                    "missing": yuan(-left[one.pk]),
                }
            )
    return rules.Overdrawn(_("账户余额不足。请减少金额，或先补足额度。"))


def refusal_of(error: IntegrityError, moves: list[Move], accounts: dict[int, Account]) -> Exception:
    """Translate what the database refused; an unknown refusal stays what it is."""
    text = str(error)
    if "account_is_not_overdrawn" in text:
        return shortage(moves, accounts)
    return next((known for name, known in JUDGED.items() if name in text), error)


@transaction.atomic
def post(
    event: str,
    *,
    key: str,
    transfers: Iterable[Move],
    by: Any,
    approved_by: Any = None,
    effective_date: date | None = None,
    memo: str = "",
    document_number: str = "",
) -> Posting:
    """Write one event of `rules.EVENTS` into the books; moves of 0 fen are left out.

    key: idempotency key; the same key with the same input returns the same posting. by: None only
    for events of the clock. Raises WrongEntry, Overdrawn, SameKeyOtherInput, PeriodClosed, FourEyes.
    """
    moves = [each for each in transfers if each.fen != 0]
    if reasons := guards.wrong_entry(event, moves):
        raise rules.WrongEntry(*reasons)
    return write(event, key, moves, by, approved_by, effective_date, memo, document_number)


@transaction.atomic
def reverse(
    posting: Posting, *, by: Any, approved_by: Any, memo: str = "", effective_date: date | None = None
) -> Posting:
    """Mirror `posting` exactly, once. Raises AlreadyReversed, Overdrawn when the money has moved on."""
    legs = posting.transfers.select_related("src", "dst").order_by("-id")
    moves = [Move(each.dst, each.src, each.amount, each.budget_category) for each in legs]
    key = f"reverse:{posting.pk}"
    try:
        return write(rules.REVERSE, key, moves, by, approved_by, effective_date, memo, "", reverses=posting)
    except rules.SameKeyOtherInput:
        raise JUDGED["funds_posting.reverses_id"] from None


def write(
    event: str,
    key: str,
    moves: list[Move],
    by: Any,
    approved_by: Any,
    effective_date: date | None,
    memo: str,
    document_number: str,
    reverses: Posting | None = None,
) -> Posting:
    """Lock, insert, let the database judge, and say its refusal in words."""
    on = effective_date or clock.today()
    made = Posting(
        key=key,
        event=event,
        effective_date=on,
        lines=len(moves),
        made_by=by,
        approved_by=approved_by,
        memo=memo,
        document_number=document_number,
        reverses=reverses,
    )
    legs = [[each.src.code, each.dst.code, each.fen, each.category] for each in moves]
    made.request_hash = asked = rules.asked(event, legs, made, effective_date)
    if found := before_under(key, asked):
        return found
    accounts = lock(moves)
    try:
        with transaction.atomic():
            made.period = period_of(on)
            made.save()
            Transfer.objects.bulk_create(
                Transfer(posting=made, src=each.src, dst=each.dst, amount=each.fen, budget_category=each.category)
                for each in moves
            )
    except IntegrityError as error:
        # Somebody else wrote the same key between our question and our lock.
        if found := before_under(key, asked):
            return found
        raise refusal_of(error, moves, accounts) from error
    return made

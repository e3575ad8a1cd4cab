"""Real processes against one payment, all let go at one moment: a step is done once, the money moves once."""

from __future__ import annotations

import pytest

from grants.funds import queries
from grants.funds.models import Account
from grants.funds.queries import balances_of
from grants.payments import commands
from grants.payments.models import BankLine, PaymentPosting
from grants.payments.states import PaymentStatus as S
from orgs.registry import commands as registry
from portal.access import Role
from portal.trail.models import Event
from tests.grants.makers_agreements import YUAN
from tests.grants.makers_payments import advance, line, make_ready, statement
from tests.grants.racing import PROCESSES, TIMES, race
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd():
    return [make_user(f"second{number}", Role.BUREAU_FINANCE) for number in range(PROCESSES)]


def books_are_right() -> bool:
    return list(queries.problems()) == [] and sum(Account.objects.values_list("balance", flat=True)) == 0


def test_a_payment_approved_by_eight_at_once_is_approved_once(people, crowd):
    project = make_ready(people)
    payment = advance(project, people, S.CHECKED)

    found = race(lambda number, at: commands.approve(again(payment), by=crowd[number]))

    assert found == {"done": 1, "MoveNotAllowed": PROCESSES * TIMES - 1}
    assert PaymentPosting.objects.filter(payment=payment, event="approve_tranche").count() == 1
    assert balances_of("award", project.code)["payable"] == 19_200 * YUAN
    assert books_are_right()


def test_a_payment_appropriated_by_eight_at_once_is_appropriated_once(people):
    payment = advance(make_ready(people), people, S.APPROVED)
    clerks = [make_user(f"treasury{number}", Role.FINANCE) for number in range(PROCESSES)]

    def appropriate(number, at):
        voucher = f"PZ-{number}-{at}"
        commands.appropriate(again(payment), by=clerks[number], document_number="d", voucher_number=voucher)

    assert race(appropriate) == {"done": 1, "MoveNotAllowed": PROCESSES * TIMES - 1}
    assert PaymentPosting.objects.filter(payment=payment, event="appropriate").count() == 1
    assert books_are_right()


def test_the_same_statement_imported_by_eight_at_once_pays_once(people):
    project = make_ready(people)
    payment = advance(project, people, S.APPROPRIATED)
    lines = [line(payment)]

    found = race(lambda number, at: commands.import_statement(statement(lines), by=people.cashier))

    assert found == {"done": PROCESSES * TIMES}
    assert (again(payment).status, BankLine.objects.count()) == (S.PAID, 1)
    assert balances_of("award", project.code)["held"] == 19_200 * YUAN
    assert books_are_right()


def test_an_account_is_changed_before_or_after_an_approval_never_during_it(people, crowd):
    project = make_ready(people)
    payment = advance(project, people, S.CHECKED)
    changed = registry.enter_account(
        project.payee, holder=project.payee.name, number="6222000000009994", bank="演示银行骆驼支行",
        branch_code="102332000018", by=people.admin,
    )  # fmt: skip

    def change_or_approve(number, at):
        if number % 2:
            registry.verify_account(again(changed), by=crowd[number], call_back="按原电话回访，负责人接听确认")
        else:
            commands.approve(again(payment), by=crowd[number])

    found = race(change_or_approve)

    approved = again(payment).status == S.APPROVED
    assert found["done"] == 1 + approved
    assert sum(found.values()) == PROCESSES * TIMES and set(found) <= {"done", "MoveNotAllowed", "NotYet"}
    asked = Event.objects.filter(action__in=["payments.approve", "registry.verify_account"]).order_by("pk")
    told = list(asked.values_list("action", flat=True))
    assert told == (["payments.approve"] if approved else []) + ["registry.verify_account"]
    assert again(payment).account.number == "6222000000001234"
    assert books_are_right()

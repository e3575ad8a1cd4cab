"""What only PostgreSQL can show: two people press the same button at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from grants.funds.models import Account
from grants.funds.queries import balances_of
from grants.payments import commands
from grants.payments.models import BankLine, PaymentPosting
from grants.payments.states import PaymentStatus as S
from portal.lifecycle import Refused
from tests.grants.makers_agreements import YUAN, make_people
from tests.grants.makers_payments import advance, line, make_ready, statement
from tests.makers import again, make_user

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite serialises its writers"),
]
assert connection


def together(*calls) -> list[str]:
    """Run the calls at once; return what became of each: "done" or the name of its refusal."""
    start, found = threading.Barrier(len(calls)), [""] * len(calls)

    def run(at, call):
        start.wait()
        try:
            call()
            found[at] = "done"
        except Refused as refusal:
            found[at] = type(refusal).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at, call)) for at, call in enumerate(calls)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def test_two_approvals_at_once_post_once():
    people = make_people()
    project = make_ready(people)
    payment = advance(project, people, S.CHECKED)
    second = make_user("second_finance", "BUREAU_FINANCE")

    found = together(
        *(
            lambda by=by: commands.approve(again(payment), by=by)
            for by in (people.finance, second)
            for _each in range(4)
        )
    )

    assert sorted(found) == ["MoveNotAllowed"] * 7 + ["done"]
    assert PaymentPosting.objects.filter(payment=payment, event="approve_tranche").count() == 1
    assert balances_of("award", project.code)["payable"] == 19_200 * YUAN
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


def test_two_appropriations_at_once_post_once():
    people = make_people()
    payment = advance(make_ready(people), people, S.APPROVED)
    second = make_user("second_treasury", "FINANCE")

    found = together(
        *(
            lambda by=by, at=at: commands.appropriate(
                again(payment), by=by, document_number="d", voucher_number=f"PZ-{at}"
            )
            for at, by in enumerate((people.treasury, second) * 3)
        )
    )

    assert sorted(found) == ["MoveNotAllowed"] * 5 + ["done"]
    assert PaymentPosting.objects.filter(payment=payment, event="appropriate").count() == 1


def test_the_same_statement_imported_twice_at_once_pays_once():
    people = make_people()
    project = make_ready(people)
    payment = advance(project, people, S.APPROPRIATED)
    lines = [line(payment)]

    found = together(*(lambda: commands.import_statement(statement(lines), by=people.cashier) for _each in range(4)))

    assert found == ["done"] * 4
    assert (again(payment).status, BankLine.objects.count()) == (S.PAID, 1)
    assert balances_of("award", project.code)["held"] == 19_200 * YUAN

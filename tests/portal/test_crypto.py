import pytest
from django.core.exceptions import FieldError
from django.db import connection

from orgs.registry.models import BankAccount
from portal import crypto
from tests.makers import make_organization, make_user

A = "a:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
B = "b:" + "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="


def test_a_new_key_encrypts_and_the_old_one_still_opens(settings):
    settings.FIELD_KEYS = [A]
    old = crypto.encrypt("0000123456789012")
    settings.FIELD_KEYS = [B, A]

    assert crypto.decrypt(old) == "0000123456789012"
    assert crypto.encrypt("x").startswith("b$")
    assert (crypto.encrypt(""), crypto.decrypt("")) == ("", "")


def test_a_lost_key_or_a_changed_row_is_told_aloud(settings):
    settings.FIELD_KEYS = [A]
    stored = crypto.encrypt("0000123456789012")

    with pytest.raises(crypto.CannotDecrypt, match="does not open"):
        crypto.decrypt(stored[:-6] + "AAAAAA")
    with pytest.raises(crypto.CannotDecrypt, match="not an encrypted"):
        crypto.decrypt("0000123456789012")
    settings.FIELD_KEYS = [B]
    with pytest.raises(crypto.CannotDecrypt, match="no key"):
        crypto.decrypt(stored)


@pytest.mark.django_db
def test_the_database_never_sees_the_number_and_the_screen_only_its_end():
    organization = make_organization()
    account = BankAccount.objects.create(
        organization=organization,
        holder=organization.name,
        number="0000123456789012",
        bank="演示银行",
        branch_code="102332000017",
        entered_by=make_user("accountant"),
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_index FROM registry_bankaccount")
        stored, index = cursor.fetchone()

    assert "0000123456789012" not in stored and stored.startswith("demo$")
    assert BankAccount.objects.get(number_index=crypto.blind_index("0000123456789012")) == account
    assert BankAccount.objects.get().number == "0000123456789012"
    assert index == crypto.blind_index("0000123456789012")
    assert str(account) == "演示银行 ****9012"
    with pytest.raises(FieldError):
        BankAccount.objects.get(number="0000123456789012")

"""Bank accounts: entered by one person, verified by another, cooling down when changed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.registry import notices
from orgs.registry.models import BankAccount, Kind, Organization
from orgs.registry.rules import same_holder, usable_from
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.identifiers import check_bank_account, check_cnaps, masked
from portal.lifecycle import Refused, require_moved
from portal.trail import commands as trail


class AccountRefused(Refused):
    """An account that is not taken or not verified; `field` names the answer to change."""

    def __init__(self, text: str, field: str = ""):
        self.field = field
        super().__init__(text)


@transaction.atomic
def enter_account(
    organization: Organization,
    *,
    holder: str,
    number: str,
    bank: str,
    branch_code: str,
    by: User,
    replaces: bool = False,
) -> BankAccount:
    """Enter an account; a row is never edited, a change is a new row that must be verified again.

    replaces: take the account back that still waits for verification; without it a second one is refused.
    Raises AccountRefused (filed group, foreign holder, one waiting), Invalid (number, branch code).
    """
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if organization.kind == Kind.FILED_GROUP:
        raise AccountRefused(_("备案社区社会组织没有自己的账户，款项由代管单位代收。请在代管单位录入账户。"))
    if not same_holder(holder, organization.name):
        raise AccountRefused(
            _("账户名称须与单位名称一致：%(name)s。个人账户不能收款，请填写单位账户。") % {"name": organization.name},
            "holder",
        )
    number, branch_code = check_bank_account(number), check_cnaps(branch_code)
    if not bank.strip():
        raise AccountRefused(_("请填写开户行，写到支行。"), "bank")
    waiting = BankAccount.objects.filter(
        organization=organization, verified_at__isnull=True, replaced_at__isnull=True
    )
    if not replaces and (pending := waiting.first()):
        raise AccountRefused(
            _(
                "已有一个账户在等待核对：%(bank)s %(number)s。请等它核对后再变更；如果填错了，请勾选“作废待核对的账户”再提交。"
            )
            % {"bank": pending.bank, "number": masked(pending.number)},
            "replaces",
        )
    waiting.update(replaced_at=clock.now())
    made = BankAccount.objects.create(
        organization=organization,
        holder=holder.strip(),
        number=number,
        bank=bank.strip(),
        branch_code=branch_code,
        is_change=BankAccount.objects.filter(organization=organization, verified_at__isnull=False).exists(),
        entered_by=by,
    )
    after = {"bank": made.bank, "number": masked(number), "is_change": made.is_change}
    trail.log(organization, "registry.enter_account", by=by, role=Role.ORG_ADMIN, after=after)
    notices.account_entered(made)
    return made


@transaction.atomic
def verify_account(account: BankAccount, *, by: User, call_back: str = "") -> BankAccount:
    """A second person compares with the bank's proof; a change needs a call back to the old contact.

    Raises AccountRefused, MoveNotAllowed. The accounts before it are replaced.
    """
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=account.organization_id)
    account = BankAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.entered_by_id == by.pk:
        raise AccountRefused(_("录入人不能核对自己录入的账户。请由另一位财务人员核对。"))
    if not same_holder(account.holder, organization.name):
        raise AccountRefused(
            _("账户名称与单位现名不一致：%(name)s。请退回单位重新录入。") % {"name": organization.name}
        )
    if account.is_change and len(call_back.strip()) < 10:
        raise AccountRefused(
            _("这是变更账户。请按原联系方式回访，写明时间、电话和接听人（不少于 10 个字）。"), "call_back"
        )
    now = clock.now()
    rows = BankAccount.objects.filter(pk=account.pk, verified_at__isnull=True, replaced_at__isnull=True)
    moved = rows.update(
        verified_by=by, verified_at=now, call_back=call_back.strip(), usable_from=usable_from(now, account.is_change)
    )
    require_moved(moved)
    older = BankAccount.objects.filter(organization=organization, replaced_at__isnull=True).exclude(pk=account.pk)
    older.update(replaced_at=now)
    account.refresh_from_db()
    after = {"number": account.masked_number, "usable_from": account.usable_from}
    trail.log(organization, "registry.verify_account", by=by, role=Role.BUREAU_FINANCE, after=after)
    notices.account_verified(account)
    return account

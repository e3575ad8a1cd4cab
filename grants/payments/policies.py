"""Who may move a payment. The four actors stay four, and each is another person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from grants.agreements.models import Project
from grants.agreements.policies import is_near
from grants.agreements.queries import is_insider
from grants.payments import guards, queries
from grants.payments.models import BankLine, BankStatement, Batch, Payment, Refund
from grants.payments.states import LIFECYCLE, REFUND, BatchStatus, PaymentStatus
from orgs.registry.models import MemberRole, Organization
from portal.access import Role
from portal.access.policies import Policy
from portal.lifecycle import Reason

VIEW = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.STREET, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip
BANK_ROLES = (Role.BUREAU_FINANCE, Role.CASHIER, Role.FINANCE)
PAYEE = (MemberRole.ADMIN, MemberRole.ACCOUNTANT)


def may_request(user: Any, project: Project) -> bool:
    """收款单位的负责人或财务。"""
    return Organization.objects.of_member(user, *PAYEE).filter(pk=project.payee_id).exists()


may_receive = may_request


class PaymentPolicy(Policy):
    """Roles in the project's region; the personal refusals are reasons, so that screens can say them."""

    place = "project.region"
    lifecycle = LIFECYCLE
    guards = guards
    actions = {
        "view": VIEW,
        "check": (Role.BUREAU_OFFICER,),
        "approve": (Role.BUREAU_FINANCE, Role.BUREAU_LEADER),
        "appropriate": (Role.FINANCE, Role.BUREAU_FINANCE),
        "return": (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE, Role.FINANCE),
        "reject_by_bank": BANK_ROLES,
        "cancel": (Role.BUREAU_OFFICER,),
        "request": (),
        "receipt": (),
    }

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action in ("request", "receipt"):
            return bool(user.is_authenticated) and Organization.objects.of_member(user, *PAYEE).exists()
        return super().user_has_permission(user, action)

    def roles_now(self, action: str, instance: Payment) -> tuple[Role, ...]:
        """Approving is bureau finance's first, then the leader's; returning is whose turn it is."""
        if action == "approve":
            return (Role.BUREAU_LEADER,) if instance.approved_by_id else (Role.BUREAU_FINANCE,)
        if action == "return":
            return RETURNERS.get(instance.status, ())
        return self.roles_for(action)

    def open_reasons(self, action: str, instance: Payment) -> list[Reason]:
        if action == "receipt":
            return []
        return super().open_reasons(action, instance)

    def allows(self, user: Any, action: str, instance: Payment) -> bool:
        if action == "view":
            return True
        if action in ("request", "receipt"):
            return super().allows(user, action, instance) and may_request(user, instance.project)
        near = is_near(user, self.roles_now(action, instance), instance.project)
        return near and not guards.same_person(instance, user, action) and super().allows(user, action, instance)


RETURNERS = {
    PaymentStatus.REQUESTED: (Role.BUREAU_OFFICER,),
    PaymentStatus.CHECKED: (Role.BUREAU_FINANCE,),
    PaymentStatus.APPROVED: (Role.FINANCE, Role.BUREAU_FINANCE),
    PaymentStatus.FAILED: (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE),
}


class StatementPolicy(Policy):
    actions = {"view": (*BANK_ROLES, Role.AUDITOR, Role.SUPERVISOR), "import": BANK_ROLES}


class LinePolicy(Policy):
    place = "statement.region"
    actions = {"view": StatementPolicy.actions["view"], "explain": (Role.BUREAU_FINANCE, Role.CASHIER)}

    def is_legal(self, action: str, instance: BankLine) -> bool:
        return action != "explain" or BankLine.objects.unexplained().filter(pk=instance.pk).exists()


class BatchPolicy(Policy):
    actions = {
        "view": (Role.CASHIER, Role.BUREAU_FINANCE, Role.AUDITOR),
        "create": (),
        "send": (Role.CASHIER,),
        "result": (Role.CASHIER, Role.BUREAU_FINANCE),
    }

    def is_held_here(self, user: Any, action: str, instance: Batch) -> bool:
        here = user.scope(*self.roles_for(action), field="project__region")
        return not instance.payments.exclude(here).exists()

    def is_legal(self, action: str, instance: Batch) -> bool:
        return action != "result" or instance.status == BatchStatus.SENT


class RefundPolicy(Policy):
    place = "project.region"
    lifecycle = REFUND
    actions = {
        "view": VIEW,
        "register": (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE),
        "match": (Role.BUREAU_FINANCE, Role.CASHIER),
        "cancel": (Role.BUREAU_OFFICER, Role.BUREAU_FINANCE),
    }

    def open_reasons(self, action: str, instance: Refund) -> list[Reason]:
        if action == "match" and not queries.lines_for(instance).exists():
            return [Reason("money", _("还没有同等金额的到账流水。银行到账并导入对账单后再核对。"))]
        return []

    def allows(self, user: Any, action: str, instance: Refund) -> bool:
        if action == "view":
            return True
        other = action != "match" or instance.registered_by_id != user.pk
        near = is_near(user, self.roles_for(action), instance.project)
        return other and near and super().allows(user, action, instance) and not is_insider(user, instance.project)


policy = PaymentPolicy(Payment)
statement_policy = StatementPolicy(BankStatement)
line_policy = LinePolicy(BankLine)
batch_policy = BatchPolicy(Batch)
refund_policy = RefundPolicy(Refund)


def may_read_papers(user: Any, stored_file: Any) -> bool:
    """Vouchers and receipts: whoever may see the payment."""
    rows = Payment.objects.visible_to(user)
    return rows.filter(voucher=stored_file).exists() or rows.filter(receipt=stored_file).exists()

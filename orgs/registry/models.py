"""Organizations and all other payees, their people and their bank accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.access import Role
from portal.accounts.models import new_key


class Kind(models.TextChoices):
    """domain.md § 0.3: payees are more than social organisations."""

    ASSOCIATION = "ASSOCIATION", _("社会团体")
    SERVICE_INSTITUTION = "SERVICE_INSTITUTION", _("社会服务机构")
    FOUNDATION = "FOUNDATION", _("基金会")
    FILED_GROUP = "FILED_GROUP", _("备案社区社会组织")
    RESIDENTS_COMMITTEE = "RESIDENTS_COMMITTEE", _("居民委员会")
    VILLAGERS_COMMITTEE = "VILLAGERS_COMMITTEE", _("村民委员会")
    STREET_OFFICE = "STREET_OFFICE", _("街道办事处(镇政府)")
    GOVERNMENT = "GOVERNMENT", _("政府部门")
    OTHER_LEGAL = "OTHER_LEGAL", _("其他法人")


class Standing(models.TextChoices):
    """Whether the registrar has verified the entry and who holds it."""

    IMPORTED = "IMPORTED", _("待认领")
    CLAIMED = "CLAIMED", _("认领待核验")
    VERIFIED = "VERIFIED", _("已核验")
    REMOVED = "REMOVED", _("已注销")


class MemberRole(models.TextChoices):
    """§ 0.16. Only ADMIN submits and signs."""

    ADMIN = "ADMIN", _("负责人")
    WRITER = "WRITER", _("经办人")
    ACCOUNTANT = "ACCOUNTANT", _("财务")
    READER = "READER", _("只读")


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> OrganizationQuerySet:
        """Staff: the subtree of their grants. Members: their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        staff = user.scope(*STAFF_READERS)
        own = Q(pk__in=Membership.objects.active().filter(user=user).values("organization"))
        return self.filter(staff | own)

    def of_member(self, user: Any, *roles: str) -> OrganizationQuerySet:
        """The organizations that `user` belongs to, in one of `roles` if any are named."""
        mine = Membership.objects.active().filter(user_id=user.pk)
        return self.filter(pk__in=(mine.filter(role__in=roles) if roles else mine).values("organization"))

    def public(self) -> OrganizationQuerySet:
        return self.exclude(standing=Standing.REMOVED)


STAFF_READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.REGISTRAR, Role.STREET,
    Role.COMMUNITY, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip


class Organization(models.Model):
    """A social organization or another payee. `uscc` is empty for a filed group (no legal person)."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("类型"), max_length=24, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True, null=True, blank=True)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("所属区域"))
    standing = models.CharField(_("状态"), max_length=12, choices=Standing, default=Standing.IMPORTED, editable=False)
    custodian = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("代管单位"))
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("社会组织")
        verbose_name_plural = _("社会组织")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def active(self) -> MembershipQuerySet:
        return self.filter(ended_at__isnull=True)


class Membership(models.Model):
    """A person's role in an organization. Ended rows stay."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=12, choices=MemberRole)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("成员")
        verbose_name_plural = _("成员")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_active_membership_per_person_and_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class BankAccount(models.Model):
    """One version of a payee's account. Never edited: a change is a new row (ledger.md § 4)."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(_("账户名称"), max_length=60)
    number = models.CharField(_("账号"), max_length=32)
    bank = models.CharField(_("开户行"), max_length=80)
    branch_code = models.CharField(_("联行号"), max_length=12)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("银行账户")
        verbose_name_plural = _("银行账户")
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=models.F("entered_by")),
                name="bank_account_has_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} ···{self.number[-4:]}"

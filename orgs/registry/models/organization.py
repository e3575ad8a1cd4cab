"""The entry of one organization."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs.registry.models.member import Membership
from orgs.registry.states import Standing
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.fields.models import DerivedField
from portal.identifiers import comparable_name
from portal.search.models import BigramField, Indexed


class Kind(models.TextChoices):
    """domain.md § 0.3: payees are more than social organisations."""

    ASSOCIATION = "ASSOCIATION", _("社会团体")
    SERVICE_INSTITUTION = "SERVICE_INSTITUTION", _("社会服务机构")
    FOUNDATION = "FOUNDATION", _("基金会")
    FILED_GROUP = "FILED_GROUP", _("备案社区社会组织")
    RESIDENTS_COMMITTEE = "RESIDENTS_COMMITTEE", _("居民委员会")
    VILLAGERS_COMMITTEE = "VILLAGERS_COMMITTEE", _("村民委员会")
    STREET_OFFICE = "STREET_OFFICE", _("街道办事处（镇政府）")
    GOVERNMENT = "GOVERNMENT", _("政府部门")
    OTHER_LEGAL = "OTHER_LEGAL", _("其他法人")


SOCIAL = (Kind.ASSOCIATION, Kind.SERVICE_INSTITUTION, Kind.FOUNDATION)


class SupportClass(models.TextChoices):
    """The five classes of support statistics (seed S1)."""

    CHARITY = "公益慈善", _("公益慈善")
    SCIENCE = "科教文卫", _("科教文卫")
    MUTUAL = "互助志愿", _("互助志愿")
    MEDIATION = "城乡基层调解融合", _("城乡基层调解融合")
    TRADE = "专业经济", _("专业经济")


class Grade(models.TextChoices):
    NONE = "", _("未评估")
    A1 = "1A", "1A"
    A2 = "2A", "2A"
    A3 = "3A", "3A"
    A4 = "4A", "4A"
    A5 = "5A", "5A"


STAFF_READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.REGISTRAR, Role.STREET,
    Role.COMMUNITY, Role.AUDITOR, Role.SUPERVISOR, Role.INCUBATOR,
)  # fmt: skip


class OrganizationQuerySet(models.QuerySet["Organization"]):
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
        """What anybody may see in the directory: every entry that is not removed."""
        return self.exclude(standing=Standing.REMOVED)

    def with_marks(self) -> OrganizationQuerySet:
        """Annotate is_abnormal, is_serious (open listings) and has_obligation."""
        from_listings = self.model._meta.get_field("listings").related_model.objects
        obligations = self.model._meta.get_field("obligations").related_model.objects
        listed = from_listings.filter(organization=OuterRef("pk"), removed_on__isnull=True)
        return self.annotate(
            is_abnormal=Exists(listed.filter(kind="ABNORMAL")),
            is_serious=Exists(listed.filter(kind="SERIOUS")),
            has_obligation=Exists(obligations.filter(organization=OuterRef("pk"), lifted_at__isnull=True)),
        )


class Organization(Indexed, models.Model):
    """A social organization or another payee. `uscc` is empty for a filed group (no legal person).

    The registration facts come from the imported register; members keep the profile.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("类型"), max_length=24, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    comparable = DerivedField(source="name", by=comparable_name, max_length=120)
    aliases = models.CharField(_("简称或曾用名"), max_length=120, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True, null=True, blank=True)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("所属区域"))
    support_class = models.CharField(_("归类"), max_length=12, choices=SupportClass, blank=True)
    grade = models.CharField(_("评估等级"), max_length=2, choices=Grade, blank=True)
    service_field = models.CharField(_("服务领域"), max_length=30, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    valid_to = models.DateField(_("证书（备案）有效期至"), null=True, blank=True)
    filing_number = models.CharField(_("备案号"), max_length=40, blank=True)
    legal_rep_name = models.CharField(_("法定代表人"), max_length=30, blank=True)
    authority = models.CharField(_("登记机关"), max_length=60, blank=True)
    address = models.CharField(_("住所"), max_length=120, blank=True)
    purpose = models.TextField(_("宗旨"), max_length=500, blank=True)
    scope = models.TextField(_("业务范围"), max_length=1000, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=30, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    standing = models.CharField(_("状态"), max_length=12, choices=Standing, default=Standing.IMPORTED, editable=False)
    certificate = models.ForeignKey(
        "files.StoredFile",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("证书副本"),
    )
    custodian = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="groups", verbose_name=_("代管单位")
    )
    created_at = models.DateTimeField(_("入库时间"), default=clock.now, editable=False)

    objects = OrganizationQuerySet.as_manager()
    search_fields = [
        BigramField("name"), BigramField("aliases"), BigramField("uscc"), BigramField("filing_number"),
        BigramField("service_field"), BigramField("purpose"), BigramField("scope"),
        BigramField("region_name", column="region__name"),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("社会组织")
        verbose_name_plural = _("社会组织")
        ordering = ["name"]
        indexes = [models.Index(fields=["standing", "name"])]
        constraints = [
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="organization_standing_is_known"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.FILED_GROUP) | Q(uscc__isnull=True), name="filed_group_has_no_credit_code"
            ),
            models.CheckConstraint(condition=~Q(uscc=""), name="credit_code_is_missing_or_real"),
            models.CheckConstraint(
                condition=Q(custodian__isnull=True) | Q(kind=Kind.FILED_GROUP),
                name="only_a_filed_group_has_a_custodian",
            ),
            models.UniqueConstraint(
                fields=["region", "comparable"],
                condition=~Q(standing=Standing.REMOVED),
                name="one_name_once_in_a_region",
                violation_error_message=_("这个区域已有同名的组织。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """The standing, under the name that life cycles ask for."""
        return self.standing

    def get_standing_display(self) -> Any:
        """The word of the standing; a verified entry whose certificate has run out says so."""
        if not self.is_out_of_date:
            return Standing(self.standing).label
        return _("备案已过期") if self.kind == Kind.FILED_GROUP else _("证书已过期")

    @property
    def standing_tone(self) -> str:
        """The tone, where it differs from that of the standing."""
        return "danger" if self.is_out_of_date else ""

    @property
    def is_out_of_date(self) -> bool:
        return self.standing == Standing.VERIFIED and self.has_certificate_expired

    @property
    def region_name(self) -> str:
        return self.region.name

    @property
    def has_certificate_expired(self) -> bool:
        return self.valid_to is not None and self.valid_to < clock.today()

    @property
    def payee(self) -> Organization | None:
        """Who may receive its money: a filed group has no account and is paid through its custodian."""
        return self.custodian if self.kind == Kind.FILED_GROUP else self

    def get_absolute_url(self) -> str:
        return reverse("registry:organization", args=[self.key])

"""公示: a frozen list with its period, and the objections to it. Knows rows, not awards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.publicity.states import OPEN, Objecting, S
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.fields.models import Trigger, refusal
from portal.search.models import BigramField, Indexed

READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.SUPERVISOR, Role.AUDITOR, Role.PANEL_SECRETARY,
)  # fmt: skip


class PublicityQuerySet(models.QuerySet):
    def public(self) -> PublicityQuerySet:
        """Everything that was ever published; its first day has come."""
        return self.exclude(status=S.DRAFT).filter(starts_on__lte=clock.today())

    def visible_to(self, user: Any) -> PublicityQuerySet:
        """Staff: those of their region, drafts too. Anyone else: what is public."""
        if not user.is_authenticated or not user.is_active or not user.has_role(*READERS):
            return self.public()
        return self.filter(user.scope(*READERS))

    def over(self, moment: datetime) -> PublicityQuerySet:
        return self.filter(status=S.RUNNING, ends_at__lte=moment)


class Publicity(Indexed, models.Model):
    """One list, one period. ends_at: 24:00 of the last working day, the first moment that is too late.

    frozen_sha256: of everything a reader sees, set at the start; a correction is a new version.
    """

    class Correction(models.TextChoices):
        NONE = "", _("—")
        WORDING = "WORDING", _("文字更正")
        SUBSTANCE = "SUBSTANCE", _("实质更正")

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    document_number = models.CharField(_("文号"), max_length=40, blank=True)
    round_code = models.CharField(_("批次代码"), max_length=20, blank=True, db_index=True)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("区域"))
    status = models.CharField(_("状态"), max_length=8, choices=S, default=S.DRAFT, editable=False)
    basis = models.TextField(_("依据和经过"), max_length=1000)
    envelope = models.BigIntegerField(_("资金总额"), default=0)
    experts = models.CharField(_("评审专家"), max_length=300, blank=True)
    contact_unit = models.CharField(_("咨询单位"), max_length=60)
    contact_phone = models.CharField(_("咨询电话"), max_length=20)
    supervision_unit = models.CharField(_("监督单位"), max_length=60)
    supervision_phone = models.CharField(_("监督电话"), max_length=20)
    address = models.CharField(_("地址"), max_length=120)
    email = models.EmailField(_("邮箱"), blank=True)
    days = models.PositiveSmallIntegerField(_("公示工作日"), default=5)
    starts_on = models.DateField(_("公示首日"))
    ends_on = models.DateField(_("公示末日"), null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(_("截止时刻"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    version = models.PositiveSmallIntegerField(_("版次"), default=1, editable=False)
    replaces = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        editable=False,
        verbose_name=_("更正前的公示"),
    )
    correction = models.CharField(
        _("更正类型"), max_length=10, choices=Correction, default="", blank=True, editable=False
    )
    correction_note = models.CharField(_("更正说明"), max_length=300, blank=True, editable=False)
    frozen_sha256 = models.CharField(_("校验码"), max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("拟稿人")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)

    objects = PublicityQuerySet.as_manager()
    search_fields = [BigramField("title"), BigramField("document_number"), BigramField("row_words")]

    class Meta:
        verbose_name = _("公示")
        verbose_name_plural = _("公示")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=S.values), name="publicity_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("created_by")),
                name="publicity_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status=S.DRAFT)
                | Q(published_by__isnull=False, ends_at__isnull=False) & ~Q(frozen_sha256=""),
                name="published_list_is_frozen_and_ends",
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="publicity_stands_at_least_one_day"),
        ]

    def __str__(self) -> str:
        return self.title

    def row_words(self) -> list[list[str]]:
        """Return what a search must find of the list itself. One query."""
        return [list(row) for row in self.rows.values_list("title", "organization", "subject_code")]


class PublicityRow(models.Model):
    """One line of the list. amount and shares ([[source name, fen], …]): fen. Frozen with the list."""

    class Kind(models.TextChoices):
        PROPOSED = "PROPOSED", _("拟立项")
        RESERVE = "RESERVE", _("备选")

    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="rows", verbose_name=_("公示"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.PROPOSED)
    position = models.PositiveSmallIntegerField(_("序号"))
    subject_code = models.CharField(_("编号"), max_length=24, db_index=True)
    title = models.CharField(_("项目"), max_length=60)
    organization = models.CharField(_("单位"), max_length=60)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    region = models.CharField(_("服务区域"), max_length=120)
    amount = models.BigIntegerField(_("资助金额"))
    shares = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("公示项目")
        verbose_name_plural = _("公示项目")
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["publicity", "subject_code"], name="one_row_per_publicity_and_subject"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="publicity_row_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ObjectionQuerySet:
        """Staff of the region only. The reported unit sees nothing of it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*HANDLERS, field="publicity__region"))

    def waiting(self) -> ObjectionQuerySet:
        return self.filter(status__in=OPEN)


HANDLERS = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.SUPERVISOR)


class Objection(models.Model):
    """Somebody objects to a row, or to the list (row empty). is_tipoff: came after the end.

    name, phone, id_last4 are for the handler's eyes; everyone else sees masks.
    """

    class Kind(models.TextChoices):
        ELIGIBILITY = "ELIGIBILITY", _("资格不符")
        UNTRUE = "UNTRUE", _("材料不实")
        PROCEDURE = "PROCEDURE", _("程序问题")
        DUPLICATE = "DUPLICATE", _("重复资助")
        OTHER = "OTHER", _("其他")

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    token = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("编号"), max_length=16, unique=True, editable=False)
    publicity = models.ForeignKey(
        Publicity, on_delete=models.PROTECT, related_name="objections", verbose_name=_("公示")
    )
    row = models.ForeignKey(
        PublicityRow,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="objections",
        verbose_name=_("对象"),
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    facts = models.TextField(_("事实"), max_length=2000)
    is_named = models.BooleanField(_("实名"))
    name = models.CharField(_("姓名或单位"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    id_last4 = models.CharField(_("证件号后四位"), max_length=4, blank=True)
    evidence = models.ManyToManyField(
        "files.StoredFile", blank=True, related_name="objections", editable=False, verbose_name=_("证据")
    )
    is_tipoff = models.BooleanField(_("线索"), default=False, editable=False)
    status = models.CharField(_("状态"), max_length=14, choices=Objecting, default=Objecting.RECEIVED, editable=False)
    is_upheld = models.BooleanField(_("成立"), null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("收到时间"), editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    answer_due_on = models.DateField(_("答复期限"), editable=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False,
        verbose_name=_("承办人"),
    )  # fmt: skip
    reason = models.CharField(_("不予受理理由"), max_length=300, blank=True, editable=False)
    findings = models.TextField(_("核查情况"), max_length=2000, blank=True, editable=False)
    answer = models.TextField(_("答复"), max_length=2000, blank=True, editable=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True, editable=False)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Objecting.values), name="objection_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(is_named=False) | ~Q(name="") & ~Q(phone=""), name="named_objection_has_name_and_phone"
            ),
            models.CheckConstraint(
                condition=~Q(status=Objecting.ANSWERED) | ~Q(answer="") & Q(is_upheld__isnull=False),
                name="answered_objection_has_an_answer_and_a_result",
            ),
            models.CheckConstraint(
                condition=~Q(status=Objecting.NOT_ACCEPTED) | ~Q(reason=""), name="refused_objection_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number


FROZEN = "EXISTS (SELECT 1 FROM publicity_publicity p WHERE p.id = {row}.publicity_id AND p.status <> 'DRAFT')"


def triggers() -> list[Trigger]:
    """Rows of a published list are never changed, and the list itself never loses its hash."""
    rows = "publicity_publicityrow"
    return [
        refusal("published_row_is_never_added", rows, "BEFORE INSERT", when=FROZEN.format(row="NEW")),
        refusal("published_row_is_never_changed", rows, "BEFORE UPDATE", when=FROZEN.format(row="OLD")),
        refusal("published_row_is_never_deleted", rows, "BEFORE DELETE", when=FROZEN.format(row="OLD")),
        refusal(
            "published_list_keeps_its_hash", "publicity_publicity", "BEFORE UPDATE",
            when="OLD.status <> 'DRAFT' AND (NEW.frozen_sha256 <> OLD.frozen_sha256 OR NEW.title <> OLD.title"
            " OR NEW.basis <> OLD.basis OR NEW.starts_on <> OLD.starts_on OR NEW.status = 'DRAFT')",
        ),
    ]  # fmt: skip

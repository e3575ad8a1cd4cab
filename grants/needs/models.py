"""What residents and communities ask for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.needs.states import Stage, Status
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.regions.models import Level, Region
from portal.search.models import BigramField, Indexed

DECIDERS = (Role.COMMUNITY, Role.STREET)
READERS = (Role.COMMUNITY, Role.STREET, Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.SUPERVISOR)


class NeedQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> NeedQuerySet:
        """Staff: their region. A resident: the own posts. Raw text is for them alone."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS) | Q(posted_by=user))

    def public(self) -> NeedQuerySet:
        return self.filter(status=Status.LISTED)

    def of_street(self, code: str) -> NeedQuerySet:
        """Those of one street or town and its communities. An unknown code holds nothing; none at all, everything."""
        if not code:
            return self
        street = Region.objects.filter(level=Level.STREET, code=code).first()
        return self.filter(region__path__startswith=street.path) if street else self.none()


class Need(Indexed, models.Model):
    """raw_*: as posted, never public. title and text: the community's edited entry, public once listed."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("社区（村）"))
    raw_title = models.CharField(_("需求"), max_length=40)
    raw_text = models.TextField(_("说明"), max_length=500)
    title = models.CharField(_("公开标题"), max_length=40, blank=True)
    text = models.TextField(_("公开内容"), max_length=500, blank=True)
    persons = models.PositiveIntegerField(_("受益人数（约）"), null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status, default=Status.POSTED, editable=False, db_index=True
    )
    stage = models.CharField(_("进展"), max_length=10, choices=Stage, blank=True, default=Stage.NONE, editable=False)
    stage_code = models.CharField(max_length=40, blank=True, editable=False)
    stage_path = models.CharField(max_length=200, blank=True, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    posted_at = models.DateTimeField(_("提出时间"), default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("答复"), max_length=200, blank=True)

    objects = NeedQuerySet.as_manager()
    search_fields = [
        BigramField("title"), BigramField("text"), BigramField("number"),
        BigramField("region_name", column="region__name"),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("需求")
        verbose_name_plural = _("需求")
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="need_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=Status.LISTED) | (~Q(title="") & ~Q(text="")),
                name="listed_need_has_a_public_entry",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DECLINED) | ~Q(reason=""), name="declined_need_is_answered"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("posted_by")), name="need_has_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.number

    @property
    def stage_tone(self) -> str:
        """Tone of the stage's tag: what still looks for a project is under way."""
        return "success" if self.stage else "info"

    @property
    def region_name(self) -> str:
        return self.region.name

"""The in-site inbox, and the outbox from which a worker sends."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.permissions import policy_registry

from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User, new_key
from portal.notices.states import LetterState


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> NoticeQuerySet:
        """One's own inbox and nobody else's."""
        return self.filter(recipient_id=user.pk) if user.is_authenticated and user.is_active else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One entry of a person's inbox. about_*: what it speaks of, as label and key in text."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("种类"), max_length=60)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    about_label = models.CharField(max_length=80, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("时间"), default=clock.now, editable=False)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["recipient", "read_at"])]

    def __str__(self) -> str:
        return self.subject


CHANNEL_NAMES = {"email": _("邮件"), "sms": _("短信"), "wecom": _("企业微信"), "dingtalk": _("钉钉")}


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> LetterQuerySet:
        """The administrators of the system: letters to staff of their region, and about what lies in it."""
        if not user.is_authenticated or not user.is_active or not user.has_role(Role.SYS_ADMIN, Role.AUD_ADMIN):
            return self.none()
        roles = (Role.SYS_ADMIN, Role.AUD_ADMIN)
        staff = RoleGrant.objects.filter(user.scope(*roles)).values("user")
        found = Q(notice__recipient__in=staff)
        found |= Q(notice__about_label="", notice__recipient__in=User.objects.visible_to(user).values("pk"))
        for model in apps.get_models():
            policy = policy_registry.get_by_type(model, fallback=False)
            if place := getattr(policy, "place", ""):
                here = model._default_manager.filter(user.scope(*roles, field=place.replace(".", "__"))).order_by()
                keys = here.annotate(as_text=Cast("pk", models.CharField())).values("as_text")
                found |= Q(notice__about_label=model._meta.label_lower, notice__about_id__in=keys)
        return self.filter(found)

    def due(self, moment: Any) -> LetterQuerySet:
        """To be sent now: queued, its time has come and nobody is at it."""
        return self.filter(status=LetterState.QUEUED, next_try_at__lte=moment).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        )


class Letter(models.Model):
    """One message on its way out by one channel. The message id is fixed here, before any attempt:
    a send of which we do not know whether it arrived is repeated as the same mail.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="letters")
    channel = models.CharField(_("渠道"), max_length=20)
    address = models.CharField(_("地址"), max_length=254)
    message_id = models.CharField("Message-ID", max_length=120, unique=True)
    status = models.CharField(
        _("状态"), max_length=8, choices=LetterState, default=LetterState.QUEUED, editable=False, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("下次发送"), default=clock.now, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("最近的错误"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("时间"), default=clock.now, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("发出的信件")
        verbose_name_plural = _("发出的信件")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["status", "next_try_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LetterState.values), name="letter_state_is_known"),
            models.CheckConstraint(
                condition=~Q(status=LetterState.SENT) | Q(sent_at__isnull=False), name="sent_letter_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} · {self.address}"

    def get_channel_display(self) -> str:
        return str(CHANNEL_NAMES.get(self.channel, self.channel))

"""The append-only trail of what happened to our objects."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry, BaseLogEntryManager


class EventManager(BaseLogEntryManager):
    def log_action(self, instance: models.Model, action: str, **kwargs: Any) -> Event:
        return super().log_action(instance, action, object_id=str(instance.pk), **kwargs)

    def for_instance(self, instance: models.Model) -> models.QuerySet[Event]:
        content_type = ContentType.objects.get_for_model(instance, for_concrete_model=False)
        return self.filter(content_type=content_type, object_id=str(instance.pk))


class Event(BaseLogEntry):
    """One fact: who, in which role, did what to which object, with the values before and after."""

    object_id = models.CharField(max_length=255, db_index=True)
    role = models.CharField(_("角色"), max_length=24, blank=True)
    before = models.JSONField(_("之前"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("之后"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("理由"), blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    objects = EventManager()

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ["-timestamp", "-id"]
        indexes = [models.Index(fields=["content_type", "object_id"])]

"""The append-only trail of what happened to our objects, and the chain of seals over it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import registry
from wagtail.models import BaseLogEntry, BaseLogEntryManager

from portal import clock
from portal.access import Role
from portal.fields.models import AppendOnly, append_only
from portal.trail.rules import changes

READERS = (Role.AUDITOR, Role.SUPERVISOR, Role.AUD_ADMIN)

WORDS = {
    "added": _("新增"), "admin": _("负责人账号"), "amount": _("金额（分）"), "amount_fen": _("金额（分）"),
    "assignments": _("分配份数"), "auditor": _("审计人员"), "bank": _("开户银行"), "capped": _("总分封顶"),
    "changed": _("变动"), "characters": _("字数"), "claim": _("认领申请"), "code": _("代码"), "count": _("数量"),
    "decision": _("决定文号"), "document": _("文号"), "done": _("已完成"), "dossiers": _("材料份数"),
    "email": _("邮箱"), "evidence": _("证据件数"), "expert": _("专家"), "fen": _("金额（分）"), "files": _("文件件数"),
    "first_day": _("首日"), "from": _("期间起"), "invoice": _("发票号码"), "is_change": _("变更账户"),
    "items": _("项数"), "kind": _("种类"), "listed_on": _("列入日期"), "method": _("方法"), "milestone": _("里程碑"),
    "number": _("号码"), "over_line": _("超出预算行"), "party": _("一方"), "path": _("依据"), "population": _("总体"),
    "projects": _("项目"), "proposed": _("拟立项数"), "reference": _("流水号"), "region": _("区划"),
    "repeat": _("屡查屡犯"), "result": _("结果"), "reverses": _("冲销凭证"), "role": _("角色"), "rows": _("行数"),
    "section": _("部分"), "seed": _("种子"), "sha256": _("校验码"), "sheets": _("评分表数"), "size": _("样本量"),
    "slots": _("场次"), "source": _("资金来源"), "starts_on": _("开始日期"), "substitute": _("候补"), "to": _("期间止"),
    "total": _("合计"), "usable_from": _("可用起始"), "user": _("账号"), "username": _("账号"), "version": _("版次"),
    "year": _("年度"),
}  # fmt: skip
"""What acts say of themselves beyond the fields of their object; a word that is missing here is shown as it is stored."""
YES = {True: _("是"), False: _("否")}


class EventManager(BaseLogEntryManager):
    def log_action(self, instance: models.Model, action: str, **kwargs: Any) -> Event:
        return super().log_action(instance, action, object_id=str(instance.pk), **kwargs)

    def for_instance(self, instance: models.Model) -> models.QuerySet[Event]:
        content_type = ContentType.objects.get_for_model(instance, for_concrete_model=False)
        return self.filter(content_type=content_type, object_id=str(instance.pk))

    def visible_to(self, user: Any) -> models.QuerySet[Event]:
        """The audit administrator: the whole trail. Auditors and supervisors: the acts on what they may see."""
        if not user.is_authenticated or not user.is_active or not user.has_role(*READERS):
            return self.none()
        return self.all() if user.has_role(Role.AUD_ADMIN) else self.filter(on_visible_objects(user))

    def viewable_by_user(self, user: Any) -> models.QuerySet[Event]:
        """Wagtail's site history asks this."""
        return self.visible_to(user)


def on_visible_objects(user: Any) -> models.Q:
    """Return the condition "the object of the event is in `visible_to(user)` of its own model"."""
    kinds = [model for model in apps.get_models() if registry.get_log_model_for_model(model) is Event]
    found = models.Q(pk__in=[])
    for model, kind in ContentType.objects.get_for_models(*kinds, for_concrete_models=False).items():
        if not hasattr(model._default_manager, "visible_to"):
            continue  # nobody but the audit administrator is known to see it
        keys = model._default_manager.visible_to(user).order_by().annotate(as_text=Cast("pk", models.CharField()))
        found |= models.Q(content_type=kind, object_id__in=keys.values("as_text"))
    return found


def _is_told(field: Any) -> bool:
    """Fields with choices and plain texts are read; keys, fen, codes without a label and structures are not."""
    if field is None or field.is_relation or isinstance(field, models.JSONField | models.BigIntegerField):
        return False
    return bool(field.choices) or field.editable


def _plain(value: Any) -> str:
    return "——" if value in (None, "", [], {}) else str(value)


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

    def __str__(self) -> str:
        return f"{self.act} · {self.label}"

    def full_clean(self, exclude: Any = None, **options: Any) -> None:
        """Wagtail cleans on every save. That the object's kind and the user exist was seen by whoever passed them."""
        super().full_clean({*(exclude or ()), "content_type", "user"}, **options)

    @property
    def act(self) -> str:
        """The label of the act."""
        return str(self.formatter.label) if self.formatter else self.action

    def named(self, name: str, old: Any, new: Any) -> tuple[str, Any, Any]:
        """Return a change in the words of the model: its label, and its choices instead of codes."""
        field = self.field(name)
        if field is None:
            return str(WORDS.get(name, name)), *(YES[one] if isinstance(one, bool) else one for one in (old, new))
        words = dict(field.flatchoices)
        return str(field.verbose_name), *(words.get(one, one) if isinstance(one, str) else one for one in (old, new))

    def field(self, name: str) -> Any:
        """Return the model's field of this name; None for a word of the act that is no field."""
        kind = ContentType.objects.get_for_id(self.content_type_id) if self.content_type_id else None
        model = kind.model_class() if kind else None
        fields = model._meta.fields if model else ()
        return next((one for one in fields if name in (one.name, one.attname)), None)

    @property
    def changed(self) -> str:
        """What of the change can be read in one line of the object's history; all of it stands in the log."""
        found = [self.named(*one) for one in changes(self.before, self.after) if _is_told(self.field(one[0]))]
        return "；".join(f"{name}：{_plain(old)} → {_plain(new)}" for name, old, new in found)

    def get_role_display(self) -> str:
        return str(Role(self.role).label) if self.role in Role.values else self.role


class Seal(AppendOnly):
    """One link of the chain: hash = HMAC(prev_hash, position, the event as stored)."""

    position = models.PositiveBigIntegerField(_("序号"), unique=True)
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="seal", db_constraint=False)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("封存")
        verbose_name_plural = _("封存")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


TRIGGERS = [*append_only("trail_event"), *append_only("trail_seal")]

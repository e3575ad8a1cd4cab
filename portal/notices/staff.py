"""The outbox for the administrator (X6): what went out, what failed, once more."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from portal.access.staff import DateColumn, MoveView, NumberColumn, ScopedViewSet, StateColumn
from portal.notices import commands
from portal.notices.models import Letter
from portal.notices.policies import policy


class ResendView(MoveView):
    model = Letter
    policy = policy
    action = "resend"
    command = staticmethod(commands.resend)
    title = _("重新发送")
    submit_label = _("重新发送")
    success_message = _("已放回待发队列。")

    def consequences(self, obj: Any) -> list[str]:
        return [
            _("这封信将在一分钟内重新发往 %(address)s，编号不变，对方已收到的不会重复显示。")
            % {"address": obj.address}
        ]


class LetterViewSet(ScopedViewSet):
    model = Letter
    name = "staff_letters"
    empty_words = _("没有发出的信件。系统寄出的通知会出现在这里。")
    url_prefix = "letters"
    icon = "mail"
    menu_label = _("发出的信件")
    menu_order = 900
    add_to_settings_menu = True
    policy = policy
    moves = (ResendView,)
    list_display = (
        Column("notice__subject", label=_("标题"), accessor="notice.subject"),
        Column("channel", label=_("渠道"), accessor="get_channel_display", classname="nw"),
        Column("address", label=_("地址"), sort_key="address", classname="nw"),
        StateColumn("status"),
        NumberColumn("attempts", label=_("次数"), sort_key="attempts"),
        DateColumn("created_at", label=_("时间"), sort_key="created_at"),
        Column("last_error", label=_("最近的错误")),
    )
    list_select_related = ("notice",)
    list_filter = ("status", "channel")
    labels = {"notice": _("消息"), "message_id": _("邮件编号")}
    search_fields = ("notice__subject", "address", "message_id")
    list_export = ("channel", "address", "status", "attempts", "created_at", "sent_at", "last_error")
    inspect_view_fields = (
        "notice", "channel", "address", "message_id", "status", "attempts", "created_at", "next_try_at", "sent_at", "last_error",
    )  # fmt: skip


letters = LetterViewSet()

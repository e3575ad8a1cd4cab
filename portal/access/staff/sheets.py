"""Forms and state sheets in the admin shell, and the page that says who may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from portal.access.forms import CommandForm, Move


class Denial:
    """Answer PermissionDenied with a page that names the role; Wagtail would redirect in silence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except PermissionDenied as denial:
            context = {"reason": str(denial) or _("您的角色不能进入这个页面。")}
            return TemplateResponse(request, "access/denied_admin.html", context, status=403)


class PageView(Denial, WagtailAdminTemplateMixin, TemplateView):
    """A page of our own in the admin shell: set page_title and header_icon. above: the page it belongs to."""

    above: tuple[Any, str] | None = None

    def get_breadcrumbs_items(self) -> list[dict]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        between = [{"url": reverse(self.above[1]), "label": self.above[0]}] if self.above else []
        return [*self.breadcrumbs_items, *between, here]


class FormCommandView(Denial, WagtailAdminTemplateMixin, CommandForm):
    """A plain form in the admin shell. roles_required: who may enter; set `check` for more.

    nothing: there is nothing to work on; the intro says so, and no form is shown.
    """

    template_name = "access/form_admin.html"
    header_icon = "form"
    roles_required: ClassVar[Sequence[str]] = ()
    nothing: Any = False

    def check(self, request: HttpRequest) -> None:
        if self.roles_required and not request.user.has_role(*self.roles_required):
            names = "、".join(str(getattr(role, "label", role)) for role in self.roles_required)
            raise PermissionDenied(_("这项操作由%(roles)s办理。") % {"roles": names})

    def get_page_title(self) -> Any:
        return self.title

    def get_breadcrumbs_items(self) -> list[dict]:
        items = super().get_breadcrumbs_items()
        here = {"url": "", "label": self.title, "sublabel": self.get_page_subtitle()}
        return items if len(items) > 1 else [*items, here]


class MoveView(Denial, WagtailAdminTemplateMixin, Move):
    """The state sheet in the admin shell. URL: `<int:pk>/<action>/`.

    is_way_out: ends or undoes something; its button is never the main one of a page.
    """

    template_name = "access/move_admin.html"
    header_icon = "tick-inverse"
    lookup = "pk"
    inspect_url_name: str = ""
    is_way_out: ClassVar[bool] = False

    def get_page_title(self) -> Any:
        return self.title

    def get_page_subtitle(self) -> str:
        return str(getattr(self, "object", ""))

    def get_breadcrumbs_items(self) -> list[dict]:
        items = [{"url": self.get_cancel_url(), "label": str(self.object)}] if self.get_cancel_url() else []
        here = {"url": "", "label": self.title, "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *items, here]

    def success_url(self, obj: Any) -> str:
        if not self.inspect_url_name:
            return super().success_url(obj)
        return reverse(self.inspect_url_name, args=[obj.pk])


class Requested(MoveView):
    """A step of what one person asks and another decides: whoever asked is told. The object has `requested_by`."""

    def tells(self, obj: Any) -> list[str]:
        return [_("申请人 %(requested_by)s") % {"requested_by": obj.requested_by}]


class RefuseRequested(Requested):
    title = submit_label = _("不同意")
    success_message = _("已退回申请人。")

    def consequences(self, obj: Any) -> list[str]:
        return [_("不记账，申请人可以重新申请。")]

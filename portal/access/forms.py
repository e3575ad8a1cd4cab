"""What every screen does that hands a form to a command: find, ask, call, say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from portal.access.policies import Policy
from portal.lifecycle import NotYet, Reason, Refused


class NoQuestions(forms.Form):
    """The form of a command that needs nothing but the decision."""


def reason_form(most: int, *, least: int | None = None, help_text: Any = "") -> type[forms.Form]:
    """Return the form that asks why. most, least: characters."""
    reason = forms.CharField(
        label=_("理由"),
        min_length=least,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由。")},
    )
    return type("ReasonForm", (forms.Form,), {"reason": reason})


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """Put every sentence of `refusal` on the form, at the field it names if it names one."""
    if isinstance(refusal, NotYet):
        for reason in refusal.reasons:
            form.add_error(None, str(reason.text))
        return
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, refusal.for_user())


def ask_password_again(request: HttpRequest) -> None:
    """Send one who signed in a while ago to confirm it; what was posted is kept and sent again after it."""
    if settings.REAUTHENTICATE:
        raise_if_reauthentication_required(request, app="portal")


class CommandForm(FormView):
    """A form whose valid answers go to `command(by=…, **answers)`.

    Refused → the same page with the reason and all input kept (status 422); success → message and
    redirect. is_sensitive: ask for the password again (settings.REAUTHENTICATE).
    """

    command: Callable[..., Any]
    form_class: type[forms.Form] = NoQuestions
    title: Any = ""
    intro: Any = ""
    submit_label: Any = _("确认")
    success_message: Any = _("已办理。")
    is_sensitive: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            if self.is_sensitive:
                ask_password_again(request)
            self.check(request)
        return super().dispatch(request, *args, **kwargs)

    def check(self, request: HttpRequest) -> None:
        """Raise Http404 or PermissionDenied before anything is shown. Override."""

    def call(self, answers: dict[str, Any]) -> Any:
        return type(self).command(by=self.request.user, **answers)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.result = self.call(form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.get_success_message())
        return redirect(self.get_success_url())

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_message(self) -> str:
        return str(self.success_message)

    def get_cancel_url(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title,
            intro=self.intro,
            submit_label=self.submit_label,
            cancel_url=self.get_cancel_url(),
            **kwargs,
        )


class Move(CommandForm):
    """The state sheet (screens.md § 3.0): what will change, who is told, why not yet, then one button.

    `command(obj, by=…, **answers)`. The object is looked up through `visible_to` (404), the policy
    asked (403 names the roles). A legal move that is blocked shows its reasons and no button.
    form_takes: the name under which the form wants the object, if it does. effect: the one sentence of
    what will change, where it is the same for every object.
    """

    model: type[models.Model]
    policy: Policy
    action: str = ""
    lookup: str = "key"
    form_takes: str = ""
    effect: Any = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        return {**given, self.form_takes: self.object} if self.form_takes else given

    def get_queryset(self) -> models.QuerySet:
        return self.model._default_manager.visible_to(self.request.user)

    def check(self, request: HttpRequest) -> None:
        self.object = get_object_or_404(self.get_queryset(), **{self.lookup: self.kwargs[self.lookup]})
        user = request.user
        if not self.policy.user_has_permission(user, self.action) or not self.policy.is_held_here(
            user, self.action, self.object
        ):
            raise self.policy.denial(self.action)
        self.is_legal = self.policy.is_legal(self.action, self.object)
        self.reasons: list[Reason] = self.policy.open_reasons(self.action, self.object) if self.is_legal else []
        if self.is_legal and not self.reasons:
            self.policy.require(request.user, self.action, self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(), status=200 if self.is_legal else 409)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_legal:
            return self.get(request)
        return super().post(request, *args, **kwargs)

    def call(self, answers: dict[str, Any]) -> Any:
        return type(self).command(self.object, by=self.request.user, **answers)

    def consequences(self, obj: Any) -> list[str]:
        """Say in sentences what will change, what can no longer be edited, the amount if any."""
        return [str(self.effect)] if self.effect else []

    def tells(self, obj: Any) -> list[str]:
        """Name who will be told."""
        return []

    def success_url(self, obj: Any) -> str:
        return obj.get_absolute_url()

    def get_success_url(self) -> str:
        return self.success_url(self.object)

    def get_cancel_url(self) -> str:
        return self.success_url(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            object=self.object,
            consequences=self.consequences(self.object),
            tells=self.tells(self.object),
            reasons=self.reasons,
            is_legal=self.is_legal,
            can_submit=self.is_legal and not self.reasons,
            **kwargs,
        )

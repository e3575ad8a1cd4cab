"""The one screen of the demo itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.access.forms import show_refusal
from portal.components.forms import DayInput
from portal.demo import calendar
from portal.lifecycle import Refused

STEPS = (1, 7, 30)


class DayForm(forms.Form):
    day = forms.DateField(label=_("演示日期"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"initial": {"day": clock.today() + timedelta(days=1)}, **kwargs})


def day(request: HttpRequest) -> HttpResponse:
    """See and turn on the demo's day. There is no such page outside the demo (portal.urls)."""
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calendar.turn_to(form.cleaned_data["day"])
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, _("演示日期已推到 %(day)s。到期的事项一分钟内办理。") % {"day": form.cleaned_data["day"]}
            )
            return redirect("demo-day")
    steps = [(days, clock.today() + timedelta(days=days)) for days in STEPS]
    context = {"form": form, "today": clock.today(), "steps": steps}
    return render(request, "demo/day.html", context, status=422 if form.errors else 200)

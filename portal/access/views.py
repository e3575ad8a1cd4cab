"""Bases of the front-end screens that do something: objects by `key`, inside `visible_to`."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin

from portal.access.forms import CommandForm, Move


class FormCommandView(LoginRequiredMixin, CommandForm):
    """A plain form on a page of its own; set `template_name` for another layout."""

    template_name = "access/form.html"


class MoveView(LoginRequiredMixin, Move):
    """The state sheet on the front end. URL: `<str:key>/…`."""

    template_name = "access/move.html"
    lookup = "key"

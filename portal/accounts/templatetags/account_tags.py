"""Words about accounts in templates."""

from __future__ import annotations

from django import template

from portal.accounts.rules import device

register = template.Library()
register.filter("device", device)

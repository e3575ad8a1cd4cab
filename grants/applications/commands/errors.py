"""Refusals that screens answer in their own way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.lifecycle import Refused


class Late(Refused):
    """A save or a submission after the deadline. The text goes back to the person (screens.md § 3.0)."""


class Conflict(Refused):
    """Somebody else saved the section meanwhile. version, by, answers: what is stored now."""

    def __init__(self, section: Any):
        super().__init__(
            _("%(who)s刚修改了本节，您的内容没有覆盖对方的内容。") % {"who": section.saved_by or _("其他人")}
        )
        self.version = section.version
        self.by = str(section.saved_by or "")
        self.answers = section.answers

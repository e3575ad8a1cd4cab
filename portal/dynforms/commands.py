"""Freezing a form."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.dynforms import rules
from portal.dynforms.models import FormVersion
from portal.lifecycle import Reason, require_none


@transaction.atomic
def freeze(title: str, form: Any, *, by: Any) -> FormVersion:
    """Keep `form` (a QuestionsBlock stream value) for ever. The same questions are frozen once.

    Raises NotYet with every fault of the form.
    """
    schema = rules.schema_of(form.get_prep_value())
    require_none(Reason("form", text) for text in rules.faults(schema))
    digest = rules.digest(schema)
    if found := FormVersion.objects.filter(sha256=digest).first():
        return found
    return FormVersion.objects.create(title=title, schema=schema, sha256=digest, frozen_by=by)

"""Writing the trail. Called inside the transaction of the command that did the thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from wagtail.log_actions import registry

from portal import clock
from portal.trail.models import Event


class NotRegistered(LookupError):
    """A model or an action that no package has registered: Wagtail would write nothing, silently."""


def register(model: type[models.Model], package: str, actions: Mapping[str, Any]) -> None:
    """Make `model` recordable; call it in AppConfig.ready.

    actions: move or act name -> label. The stored code is "package.name".
    """
    registry.register_model(model, Event)
    for name, label in actions.items():
        registry.register_action(f"{package}.{name}", label, label)


def log(
    subject: models.Model,
    action: str,
    *,
    by: Any,
    role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Write one event. action: "package.name"; by: the User, or None for the clock.

    role: acting role code; found from nothing else, so say it where a person has several.
    Raises NotRegistered.
    """
    if registry.get_log_model_for_instance(subject) is not Event:
        raise NotRegistered(subject._meta.label)
    if not registry.action_exists(action):
        raise NotRegistered(action)
    return Event.objects.log_action(
        instance=subject,
        action=action,
        user=by if by is not None and by.pk else None,
        timestamp=clock.now(),
        role=str(role),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )

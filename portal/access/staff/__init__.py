"""Bases of the staff screens under /cms/: the region scope holds in list, filter, search, export,
inspect and history alike; nothing is created, changed or deleted but by a move."""

from portal.access.staff.columns import (
    DateColumn,
    DueColumn,
    MoneyColumn,
    NameColumn,
    NumberColumn,
    RegionColumn,
    StateColumn,
    YesColumn,
)
from portal.access.staff.lists import FilledView, HistoryView, InspectView, ListView
from portal.access.staff.sheets import Denial, FormCommandView, MoveView, PageView, RefuseRequested, Requested
from portal.access.staff.viewset import ScopedViewSet

__all__ = [
    "DateColumn",
    "Denial",
    "DueColumn",
    "FilledView",
    "FormCommandView",
    "HistoryView",
    "InspectView",
    "ListView",
    "MoneyColumn",
    "MoveView",
    "NameColumn",
    "NumberColumn",
    "PageView",
    "RegionColumn",
    "RefuseRequested",
    "Requested",
    "ScopedViewSet",
    "StateColumn",
    "YesColumn",
]

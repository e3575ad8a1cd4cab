"""Codes and names of divisions. Pure."""

from __future__ import annotations

LEVELS = {2: "PROVINCE", 4: "CITY", 6: "DISTRICT", 9: "STREET", 12: "COMMUNITY", 15: "GRID"}
LENGTHS = tuple(LEVELS)
SUFFIXES = ("社区", "村", "街道", "镇", "乡")


def parent_code(code: str) -> str:
    """Return the code one level up, "" for a province."""
    shorter = [length for length in LENGTHS if length < len(code)]
    return code[: shorter[-1]] if shorter else ""


def base_name(name: str) -> str:
    """Return the name without its kind: 俞范社区 and 俞范村 are both 俞范."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name

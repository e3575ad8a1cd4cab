"""Find Chinese that a reader of an English page would meet, leaving aside what people and offices have stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import models

HAN = re.compile(r"[\u3400-\u9fff]")
SPOKEN = {"aria-label", "title", "placeholder", "alt", "data-label", "content", "value"}
OWN_NAMES = {"简体中文", "我为政府网站找错"}


class Words(HTMLParser):
    """Collect the texts of a page and the attributes that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.found += [value for name, value in attributes if value and name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data.strip())


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif hasattr(value, "get_prep_value"):
        yield from leaves(value.get_prep_value())
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from leaves(part)


def stored() -> list[str]:
    """Return every Chinese text in the database, the longest first."""
    found = set()
    for model in apps.get_models():
        fields = [one.attname for one in model._meta.concrete_fields if isinstance(one, TEXTS)]
        for row in model._base_manager.values_list(*fields) if fields else ():
            for text in leaves(list(row)):
                parts = [text, *re.split(r"<[^>]*>|\n", text)]
                found |= {part.strip() for part in parts if HAN.search(part)}
    return sorted(found, key=len, reverse=True)


TEXTS = (models.CharField, models.TextField, models.JSONField)


def chinese_in(html: str, data: list[str]) -> list[str]:
    """Return the texts of a page that hold Chinese beyond `data`."""
    reader = Words()
    reader.feed(html)
    return [text for text in dict.fromkeys(reader.found) if text not in OWN_NAMES and HAN.search(without(text, data))]


def without(text: str, data: list[str]) -> str:
    """Take stored texts out; a single character, such as the unit in "120 份", only where it stands alone."""
    for one in data:
        if len(one) > 1 and one in text:
            text = text.replace(one, "")
    return "" if text.lstrip("0123456789,. ") in data else text

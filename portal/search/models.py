"""The index field of a model whose texts are Chinese.

class Project(Indexed, models.Model):
    search_fields = [BigramField("title"), BigramField("code"), BigramField("place", column="region__name")]

A row is indexed when it is saved, or at the end of `commands.together()`; a command that changes words past
save() calls `commands.keep`.
"""

from __future__ import annotations

from typing import Any

from modelsearch import index
from modelsearch.index import SearchField

from portal.search.rules import bigrams

__all__ = ["BigramField", "Indexed"]


class Indexed(index.Indexed):
    """A model whose rows our own signals keep in the index (`apps`), so that many saves can be told at once."""

    search_auto_update = False


class BigramField(SearchField):
    """A SearchField over a field, property or method, kept as bigrams.

    column: where the database itself has the words of a property, for queries of one character.
    """

    @property
    def column(self) -> str:
        return self.kwargs.get("column", self.field_name)

    def get_value(self, obj: Any) -> str:
        return bigrams(flat(super().get_value(obj)))


def flat(value: Any) -> str:
    """Return the text of what a field gives: text, or lists and mappings of it (StreamField)."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        return " \n".join(flat(one) for one in value)
    return "" if value is None else str(value)

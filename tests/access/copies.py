"""More rows of the same: copies of one row that the database accepts, so that a list can be asked with 30."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import models

from portal.accounts.models import new_key


class Copier:
    """Copies number `n` of rows. What must be unique is made so; a unique relation is copied along."""

    def __init__(self, n: int):
        self.n = n
        self.made: dict[tuple[type[models.Model], Any], models.Model] = {}

    def copy(self, row: models.Model) -> Any:
        model = type(row)
        if found := self.made.get((model, row.pk)):
            return found
        values = {
            one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields if not one.primary_key
        }
        for field in self.unique_fields(model):
            values[field.attname] = self.another(row, field)
        made = model(**values)
        # Past `save` and its refusals: the triggers and constraints of the database still judge.
        model._base_manager.bulk_create([made])
        self.made[(model, row.pk)] = made
        return made

    def unique_fields(self, model: type[models.Model]) -> list[models.Field]:
        """Return the unique fields, and one field of each constraint over several."""
        found = [one for one in model._meta.concrete_fields if one.unique and not one.primary_key]
        sets = [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
        for names in [*sets, *model._meta.unique_together]:
            fields = [model._meta.get_field(name) for name in names]
            if fields and not any(one in found for one in fields):
                found.append(min(fields, key=self.rank))
        return found

    @staticmethod
    def rank(field: models.Field) -> int:
        """What is best changed: a relation (its row is copied too), then a text, then a number."""
        if field.is_relation:
            return 1 if field.related_model._meta.label in ("accounts.User", "regions.Region") else 0
        return 2 if isinstance(field, models.CharField) and not field.choices else 3

    def another(self, row: models.Model, field: models.Field) -> Any:
        value = getattr(row, field.attname)
        if value is None:
            return None
        if field.is_relation:
            return self.copy(getattr(row, field.name)).pk
        if field.name in ("key", "token"):
            return new_key()
        if isinstance(field, models.CharField | models.TextField):
            tail = f"~{self.n}"
            return f"{value[: (field.max_length or 200) - len(tail)]}{tail}"
        if isinstance(field, models.IntegerField):
            return value + self.n + 1
        return value


NUMBERS = count(1)


def copies(row: models.Model, many: int = 29) -> list[Any]:
    return [Copier(next(NUMBERS)).copy(row) for _n in range(many)]

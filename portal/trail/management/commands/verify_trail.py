"""python manage.py verify_trail: does the whole trail still hold?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.trail import queries


class Command(BaseCommand):
    help = "Check triggers, chain, events and anchors of the trail; name the first bad row."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = queries.verify()
        if verdict.problem:
            raise CommandError(f"操作日志不完整：{verdict.problem}")
        self.stdout.write(
            f"操作日志完整：已封存 {verdict.sealed} 条，待封存 {verdict.unsealed} 条，链首 {verdict.head[:16]}"
        )

"""Sealing postings into a hash chain whose head is written outside the database."""

from __future__ import annotations

from django.db import connection, transaction

from grants.funds.models import Posting, Seal
from grants.funds.queries import books as queries


def in_order() -> None:
    """Wait until every posting that already has a number is committed or gone.

    Numbers are given out before a commit, so a later number can be visible first; the chain must
    follow the numbers. SQLite has one writer, who is this one.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute("LOCK TABLE funds_posting IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout = 0")


@transaction.atomic
def seal(most: int = 5000) -> int:
    """Seal the postings after the last sealed one, in id order; return how many."""
    in_order()
    last = Seal.objects.order_by("-posting_id").first()
    previous = last.hash if last else ""
    waiting = Posting.objects.filter(pk__gt=last.posting_id if last else 0).order_by("pk")
    seals = []
    for posting in waiting.prefetch_related("transfers")[:most]:
        following = queries.hash_of(previous, posting)
        seals.append(Seal(posting=posting, prev_hash=previous, hash=following))
        previous = following
    Seal.objects.bulk_create(seals, batch_size=500)
    if seals:
        transaction.on_commit(write_head)
    return len(seals)


def write_head() -> None:
    """Append the head to a file outside the database; `verify_ledger` looks for every line of it."""
    path = queries.heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if now := queries.head():
            file.write(f"{now.sealed_at.isoformat()} {now.posting} {now.hash}\n")

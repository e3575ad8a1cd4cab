"""What the database itself enforces in the ledger, beyond its check constraints. One list.

No production code path can switch one off; `verify_ledger` and the system check miss each by name.
"""

from __future__ import annotations

from portal.fields.models import Trigger, append_only, irreplaceable, refusal

IDENTITY = ("id", "code", "kind", "owner_kind", "owner_code", "source_id", "year", "floor")
FROZEN = " AND ".join(f"NEW.{column} = OLD.{column}" for column in IDENTITY)
UNMOVED = "NEW.balance = OLD.balance AND COALESCE(NEW.last_transfer, 0) = COALESCE(OLD.last_transfer, 0)"
# A balance changes by exactly one new transfer of this account, and each transfer counts once:
# true inside the trigger on transfers, and never for any other statement.
MOVED = (
    "EXISTS (SELECT 1 FROM funds_transfer t WHERE t.id = NEW.last_transfer"
    " AND t.id > COALESCE(OLD.last_transfer, 0)"
    " AND NEW.balance - OLD.balance ="
    " CASE WHEN t.dst_id = NEW.id THEN t.amount WHEN t.src_id = NEW.id THEN -t.amount ELSE NULL END)"
)
TAKE = "UPDATE funds_account SET balance = balance - NEW.amount, last_transfer = NEW.id WHERE id = NEW.src_id;"
GIVE = "UPDATE funds_account SET balance = balance + NEW.amount, last_transfer = NEW.id WHERE id = NEW.dst_id;"
# INSERT OR IGNORE would make SQLite skip the side that its CHECK refuses, and move the other one.
BOTH = (
    "SELECT RAISE(ABORT, 'account_is_not_overdrawn') WHERE 2 <> (SELECT COUNT(*) FROM funds_account a"
    " WHERE a.id IN (NEW.src_id, NEW.dst_id) AND a.last_transfer = NEW.id);"
)
APPLY = "UPDATE funds_period SET status = NEW.status, last_change = NEW.id WHERE id = NEW.period_id;"
# Closing locks the month's row; a posting that came first makes it wait, one that came later sees it.
SHARE = "PERFORM 1 FROM funds_period WHERE id = NEW.period_id FOR SHARE;"
CLOSED_SINCE = "EXISTS (SELECT 1 FROM funds_period p WHERE p.status = 'CLOSED' AND p.ends_on >= NEW.effective_date)"
OUTSIDE = (
    "NOT EXISTS (SELECT 1 FROM funds_period p WHERE p.id = NEW.period_id"
    " AND NEW.effective_date BETWEEN p.starts_on AND p.ends_on)"
)
PERIOD_FROZEN = (
    "NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.starts_on = OLD.starts_on AND NEW.ends_on = OLD.ends_on"
)
PERIOD_CHANGED = (
    "EXISTS (SELECT 1 FROM funds_periodchange c WHERE c.id = NEW.last_change"
    " AND c.id > COALESCE(OLD.last_change, 0) AND c.period_id = NEW.id AND c.status = NEW.status)"
)
EARLIER_OPEN = (
    "NEW.status = 'CLOSED' AND EXISTS (SELECT 1 FROM funds_period p"
    " WHERE p.status = 'OPEN' AND p.starts_on < NEW.starts_on)"
)
LATER_CLOSED = (
    "NEW.status = 'OPEN' AND EXISTS (SELECT 1 FROM funds_period p"
    " WHERE p.status = 'CLOSED' AND p.starts_on > NEW.starts_on)"
)
SEALED = "EXISTS (SELECT 1 FROM funds_seal s WHERE s.posting_id = NEW.posting_id)"
FULL = (
    "(SELECT COUNT(*) FROM funds_transfer t WHERE t.posting_id = NEW.posting_id)"
    " >= (SELECT p.lines FROM funds_posting p WHERE p.id = NEW.posting_id)"
)
OF_A_REVERSAL = "EXISTS (SELECT 1 FROM funds_posting p WHERE p.id = NEW.reverses_id AND p.reverses_id IS NOT NULL)"

TRIGGERS: list[Trigger] = [
    *append_only("funds_posting"),
    *append_only("funds_seal"),
    *append_only("funds_periodchange"),
    Trigger(
        "funds_transfer_moves_balances",
        "funds_transfer",
        "AFTER INSERT",
        sqlite=f"BEGIN {TAKE} {GIVE} {BOTH} END",
        # Rows in id order: two bare inserts would otherwise wait for each other.
        postgresql=f"BEGIN IF NEW.src_id < NEW.dst_id THEN {TAKE} {GIVE} ELSE {GIVE} {TAKE} END IF; RETURN NULL; END",
    ),
    Trigger(
        "funds_transfer_amount_is_an_integer",
        "funds_transfer",
        "BEFORE INSERT",
        sqlite=(
            "WHEN typeof(NEW.amount) <> 'integer'"
            " BEGIN SELECT RAISE(ABORT, 'funds_transfer_amount_is_an_integer'); END"
        ),
    ),
    refusal("funds_transfer_is_not_added_later", "funds_transfer", "BEFORE INSERT", when=f"{SEALED} OR {FULL}"),
    *append_only("funds_transfer"),  # SQLite asks the newest first: a replaced row is told by its own name
    refusal(
        "funds_account_changes_by_transfer_alone",
        "funds_account",
        "BEFORE UPDATE",
        when=f"NOT ({FROZEN} AND ({UNMOVED} OR {MOVED}))",
    ),
    refusal(
        "funds_account_opens_with_nothing",
        "funds_account",
        "BEFORE INSERT",
        when="NEW.balance <> 0 OR NEW.last_transfer IS NOT NULL",
    ),
    refusal("funds_account_is_never_deleted", "funds_account", "BEFORE DELETE"),
    refusal("funds_account_is_never_emptied", "funds_account", "BEFORE TRUNCATE"),
    irreplaceable("funds_account"),
    refusal(
        "funds_posting_is_not_in_a_closed_period", "funds_posting", "BEFORE INSERT", when=CLOSED_SINCE, declare=SHARE
    ),
    refusal("funds_posting_is_dated_in_its_period", "funds_posting", "BEFORE INSERT", when=OUTSIDE),
    refusal("funds_posting_reverses_no_reversal", "funds_posting", "BEFORE INSERT", when=OF_A_REVERSAL),
    Trigger(
        "funds_periodchange_is_applied",
        "funds_periodchange",
        "AFTER INSERT",
        sqlite=f"BEGIN {APPLY} END",
        postgresql=f"BEGIN {APPLY} RETURN NULL; END",
    ),
    refusal(
        "funds_period_changes_by_record_alone",
        "funds_period",
        "BEFORE UPDATE",
        when=f"NOT ({PERIOD_FROZEN} AND {PERIOD_CHANGED})",
    ),
    refusal(
        "funds_period_closes_in_order", "funds_period", "BEFORE UPDATE", when=f"{EARLIER_OPEN} OR {LATER_CLOSED}"
    ),
    refusal(
        "funds_period_opens_after_the_closed_ones",
        "funds_period",
        "BEFORE INSERT",
        when=f"NEW.status <> 'OPEN' OR {LATER_CLOSED}",
    ),
    refusal("funds_period_is_never_deleted", "funds_period", "BEFORE DELETE"),
    refusal("funds_period_is_never_emptied", "funds_period", "BEFORE TRUNCATE"),
    irreplaceable("funds_period"),
]

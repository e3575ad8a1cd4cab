"""Who may read the books, and who asks for an entry in them. Nobody writes but the commands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.funds import guards
from grants.funds.models import Account, Entry, FundSource, Period, Posting
from grants.funds.models.account import READERS
from grants.funds.states import ENTRY, EntryKind
from portal.access import Role
from portal.access.policies import Policy

CHECKERS = (Role.BUREAU_FINANCE, Role.AUDITOR, Role.SUPERVISOR, Role.AUD_ADMIN)
"""Roles that may have the whole ledger recomputed on screen."""

FINANCE = (Role.BUREAU_FINANCE, Role.FINANCE)
ASKERS: dict[str, tuple[Role, ...]] = {
    EntryKind.BUDGET: FINANCE,
    EntryKind.CARRY_OVER: FINANCE,
    EntryKind.HAND_BACK: FINANCE,
    EntryKind.RESTORE: FINANCE,
    EntryKind.WRITE_OFF: (Role.BUREAU_HEAD,),
    EntryKind.REVERSE: FINANCE,
    EntryKind.CLOSE: (Role.BUREAU_FINANCE,),
    EntryKind.REOPEN: (Role.BUREAU_FINANCE,),
}
"""Kind of entry -> who asks for it. A leader agrees; a write-off is asked by the head: two leaders (ledger.md § 2)."""


class BooksPolicy(Policy):
    actions = {"view": READERS, "verify": CHECKERS}


class SourcePolicy(BooksPolicy):
    place = "region"
    actions = {"view": READERS, "open_source": (Role.BUREAU_FINANCE,), "revise": (Role.BUREAU_FINANCE,)}


class EntryPolicy(Policy):
    place = "region"
    lifecycle = ENTRY
    guards = guards
    actions = {
        "view": READERS,
        "ask": (Role.BUREAU_FINANCE, Role.FINANCE, Role.BUREAU_HEAD),
        "approve": (Role.BUREAU_LEADER,),
        "refuse": (Role.BUREAU_LEADER,),
        "withdraw": (Role.BUREAU_FINANCE, Role.FINANCE, Role.BUREAU_HEAD),
        **{f"ask_{kind}".lower(): roles for kind, roles in ASKERS.items()},
    }

    def allows(self, user: Any, action: str, instance: Entry) -> bool:
        return not self.personal(user, action, instance) and super().allows(user, action, instance)

    def personal(self, user: Any, action: str, instance: Entry) -> str:
        own = instance.requested_by_id == user.pk
        if action == "withdraw":
            return "" if own else _("这份申请由别人提出，只能由申请人撤回。")
        if action not in ("approve", "refuse"):
            return ""
        if own:
            return _("这份申请由您提出，须由另一位领导审批。")
        strange = guards.not_overseer(user) if instance.is_of_a_month else []
        return " ".join(one.text for one in strange)


def may_read_papers(user: Any, stored_file: Any) -> bool:
    """Indicator documents: whoever may see the entry."""
    return Entry.objects.visible_to(user).filter(paper=stored_file).exists()


source_policy = SourcePolicy(FundSource)
account_policy = BooksPolicy(Account)
posting_policy = BooksPolicy(Posting)
period_policy = BooksPolicy(Period)
entry_policy = EntryPolicy(Entry)

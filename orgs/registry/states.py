"""Standing of an entry in the register, and of a claim to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.registry.rules import CLAIM_DAYS
from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class Standing(models.TextChoices):
    """Whether the registrar has verified the entry and who holds it."""

    IMPORTED = "IMPORTED", _("待认领")
    CLAIMED = "CLAIMED", _("认领待核验")
    VERIFIED = "VERIFIED", _("已核验")
    REMOVED = "REMOVED", _("已注销")


class ClaimStatus(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("待核验")
    VERIFIED = "VERIFIED", _("已核验")
    REFUSED = "REFUSED", _("未通过")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


S, C = Standing, ClaimStatus

LIFECYCLE = Lifecycle(
    {
        "claim": move(S.IMPORTED, S.CLAIMED, to=S.CLAIMED, owner=Role.REGISTRAR, until="its claim"),
        "release": move(S.CLAIMED, to=S.IMPORTED),
        "verify": move(S.IMPORTED, S.CLAIMED, S.VERIFIED, to=S.VERIFIED),
        "remove": move(S.IMPORTED, S.VERIFIED, to=S.REMOVED),
    },
    state_guards={S.REMOVED: ["no_open_obligation"]},
    starts=[begin(S.IMPORTED), begin(S.VERIFIED)],
    rests={S.IMPORTED: "waits for its people to claim it", S.VERIFIED: "stands in the directory"},
)

CLAIM_LIFECYCLE = Lifecycle(
    {
        "verify": move(C.SUBMITTED, to=C.VERIFIED, guards=["nobody_else_holds_it"]),
        "refuse": move(C.SUBMITTED, to=C.REFUSED),
        "withdraw": move(C.SUBMITTED, to=C.WITHDRAWN),
    },
    starts=[begin(C.SUBMITTED, owner=Role.REGISTRAR, days=CLAIM_DAYS)],
)

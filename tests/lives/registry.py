from __future__ import annotations

from orgs.registry import commands
from orgs.registry.models import Claim, ClaimStatus, Organization
from orgs.registry.states import CLAIM_LIFECYCLE, LIFECYCLE
from portal.access import Role
from portal.accounts.models import User
from tests.lives import Act, Life
from tests.makers import make_user
from tests.orgs.makers_registry import SECOND_CODE, make_entry, make_paper


def begin() -> Organization:
    make_user("registrar", Role.REGISTRAR)
    return make_entry()


def registrar() -> User:
    return User.objects.get(username="registrar")


def claimant() -> User:
    return make_user(f"claimant{User.objects.count()}")


def claim(organization: Organization) -> Act:
    by = claimant()
    return Act(commands.claim, SECOND_CODE, make_paper(by), make_paper(by), by=by, may=None)


def waiting(organization: Organization) -> Claim:
    found = Claim.objects.filter(organization=organization, status=ClaimStatus.SUBMITTED).first()
    if found:
        return found
    by = claimant()
    return Claim.objects.create(
        organization=organization, claimant=by, certificate=make_paper(by), authorisation=make_paper(by)
    )


def verify(organization: Organization) -> Act:
    organization.memberships.all().delete()
    return Act(commands.verify, waiting(organization), by=registrar(), may=None)


def begin_claim() -> Claim:
    begin()
    by = claimant()
    return commands.claim(SECOND_CODE, make_paper(by), make_paper(by), by=by)


RIVAL = "several people may claim one entry; the registrar decides"

LIVES = {
    "orgs.registry.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "claim": claim,
            "release": lambda one: Act(commands.refuse, waiting(one), by=registrar(), reason="证书不清", may=None),
            "verify": verify,
            "remove": lambda one: Act(commands.remove, one, by=registrar(), reason="已注销"),
        },
        dues=("orgs.registry",),
        passes_by={"claim": RIVAL, "release": RIVAL},
        waits=lambda one: one.claims.all(),
        field="standing",
    ),
    "orgs.registry.CLAIM_LIFECYCLE": Life(
        CLAIM_LIFECYCLE,
        begin=begin_claim,
        moves={
            "verify": lambda one: Act(commands.verify, one, by=registrar()),
            "refuse": lambda one: Act(commands.refuse, one, by=registrar(), reason="证书不清"),
            "withdraw": lambda one: Act(commands.withdraw, one, by=one.claimant),
        },
        dues=("orgs.registry",),
    ),
}

"""One award: approved, dropped, lapsed, called up from the reserve."""

from datetime import timedelta

import pytest

from grants.awards import commands, queries
from grants.awards.models import Award
from grants.awards.states import S
from grants.funds import queries as funds
from grants.publicity import commands as publicity
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.documents.models import Paper
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_awards import NUMBER, award_of, make_proposed, make_public
from tests.grants.makers_review import (
    day,
    someone,
)

pytestmark = pytest.mark.django_db


def test_the_others_are_confirmed_while_one_waits_for_its_objection(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="该单位的活动照片与去年另一个项目相同，请核查。",
            row=listed.rows.get(position=2, kind="PROPOSED"),
        )
        with pytest.raises(NotYet, match="期满后才能立项"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)

    with clock.at(listed.ends_at + timedelta(hours=1)):
        done = commands.confirm(award_of(apps[0]), document_number="镇民（2026）1号", by=leader)
        with pytest.raises(NotYet, match="异议没有办结"):
            commands.confirm(award_of(apps[1]), document_number=NUMBER, by=leader)

    assert (done.status, done.document_number) == (S.APPROVED, NUMBER)
    assert queries.balances(done) == {"committed": 40_000_00, "reserved": 0}
    assert sum(line["amount"] for line in done.budget) == 40_000_00
    assert Paper.objects.get().number == f"LX-{done.code}"
    assert Event.objects.filter(action="awards.confirm").count() == 1

    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    publicity.dismiss(objection, findings="照片的拍摄时间和地点不同。", by=head)
    publicity.answer(objection, text="经核查，两组照片拍摄于不同的活动。", by=head)
    with clock.at(listed.ends_at + timedelta(days=3)):
        assert commands.confirm(award_of(apps[1]), document_number=NUMBER, by=leader).status == S.APPROVED


def test_an_upheld_objection_ends_in_dropping_and_the_reserve_follows(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="单位承诺书上的签字不是本人所签，请核查真伪。",
            row=listed.rows.get(position=1, kind="PROPOSED"),
        )
    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    publicity.uphold(objection, findings="签字确实不是本人所签。", by=head)
    publicity.answer(objection, text="经核查，反映情况属实，取消资格。", by=head)

    with clock.at(listed.ends_at):
        with pytest.raises(NotYet, match="异议成立"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        dropped = commands.drop(award_of(apps[0]), reason="异议成立，取消资格。", by=leader)
        promoted = commands.promote(award_of(apps[2]), by=leader)

    assert (dropped.status, queries.balances(dropped)) == (S.DROPPED, {"reserved": 0})
    assert (promoted.status, queries.balances(promoted)) == (S.PROPOSED, {"reserved": 40_000_00})
    assert funds.balances_of("round", "R2026") == {"envelope": 11_500_00}


def test_a_wrong_document_number_and_the_drafter_are_refused(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)

    with clock.at(listed.ends_at):
        with pytest.raises(NotYet, match="发文字号"):
            commands.confirm(award_of(apps[0]), document_number="2026-1", by=leader)
        with pytest.raises(NotYet, match="另一位领导"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=officer)
        with pytest.raises(MoveNotAllowed):
            commands.confirm(award_of(apps[2]), document_number=NUMBER, by=leader)


def test_a_lapsed_award_gives_its_money_back_to_each_source(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(listed.ends_at):
        award = commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        lapsed = commands.lapse(award, reason="逾期没有签订协议。", by=leader)

    assert lapsed.status == S.LAPSED
    assert set(queries.balances(lapsed).values()) == {0}
    # The other award still holds its part of each source.
    held = funds.balance("reserved", "award", apps[1].number)
    assert funds.balance("envelope", "round", "R2026") == {
        "FISCAL": 30_000_00 - held["FISCAL"],
        "LOTTERY": 60_000_00 - held["LOTTERY"],
    }


def test_an_applicant_hears_nothing_before_publicity(round, apps, officer, leader):
    admin = someone("writer", Role.ORG_ADMIN)
    Membership.objects.create(organization=apps[0].organization, user=admin, role=MemberRole.ADMIN)
    make_proposed(round, apps, officer, leader)

    assert Award.objects.visible_to(admin).count() == 0
    assert Notice.objects.filter(recipient=admin).count() == 0

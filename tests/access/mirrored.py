"""Two districts that are each other's mirror: every object of the house once in each, made by the commands.

Everything of a district carries its code (330211, 330212) in a name, title or number: `marks` in a page tell
whose rows it shows. People of every role are named "<role>-<district>"; those who act in the making are others,
but for the ones that a thing names: the panel's secretary, the auditor, the expert, the evaluator.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from grants.agreements import commands as agreements
from grants.agreements.models import Agreement
from grants.audits import commands as audits
from grants.awards import commands as awards
from grants.awards.models import Award
from grants.calls.models import Allocation, CallPage, Envelope
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from grants.monitoring import commands as monitoring
from grants.needs import commands as needs
from grants.payments import commands as payments
from grants.payments.models import Payment
from grants.publicity import commands as publicity
from grants.review import commands as review
from grants.review.models import Assignment, PanelMember, Slot
from orgs.registry import commands as registry
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.notices.commands import queue
from portal.trail.models import Event
from tests.grants import makers_agreements, makers_calls, makers_payments, makers_review, makers_spending
from tests.grants.makers_applications import make_application, make_submitted
from tests.grants.makers_audits import CLAUSE, FACT
from tests.grants.makers_monitoring import make_activity, make_report
from tests.makers import make_organization, make_region, make_user
from tests.orgs.makers_registry import make_account, make_claim, make_entry

DISTRICTS = ("330211", "330212")
ROLES = tuple(Role.values)
YUAN = 100
MEMBERS = {"admin": MemberRole.ADMIN, "writer": MemberRole.WRITER, "accountant": MemberRole.ACCOUNTANT,
           "reader": MemberRole.READER}  # fmt: skip
ACTORS = {
    "officer": Role.BUREAU_OFFICER, "head": Role.BUREAU_HEAD, "leader": Role.BUREAU_LEADER,
    "finance": Role.BUREAU_FINANCE, "treasury": Role.FINANCE, "cashier": Role.CASHIER,
}  # fmt: skip


class District:
    """One district with its people and, in `things`, one object of every kind. ~3 s to make."""

    def __init__(self, code: str):
        self.code = code
        self.region = make_region(code, f"演示区{code}")
        self.street = make_region(f"{code}001", f"演示街道{code}")
        self.community = make_region(f"{code}001001", f"演示社区{code}")
        self.people = {role: make_user(f"{role.lower()}-{code}", role, region=code) for role in ROLES}
        self.acting = SimpleNamespace(
            **{name: make_user(f"acting-{name}-{code}", role, region=code) for name, role in ACTORS.items()}
        )
        self.experts = [self.people[Role.EXPERT]]
        self.experts += [make_user(f"expert{n}-{code}", Role.EXPERT, region=code) for n in range(2, 7)]
        # One who holds every role but the audit administrator's: what is closed to this one is closed to each.
        self.everybody = make_user(f"everybody-{code}", *(set(ROLES) - {Role.AUD_ADMIN}), region=code)
        self.unit = self.make_unit("unit")
        self.neighbour = self.make_unit("neighbour")
        self.sources = self.make_sources()
        self.things: dict[str, Any] = {}
        for make in (
            self.make_register, self.make_money, self.make_applications, self.make_decision, self.make_review,
            self.make_agreements, self.make_payments, self.make_life, self.make_audit, self.make_letters,
        ):  # fmt: skip
            self.things.update(make())

    def make_unit(self, name: str) -> Any:
        """Return an organization with four members: unit.admin, unit.writer …"""
        users = {word: make_user(f"{name}-{word}-{self.code}") for word in MEMBERS}
        unit = make_organization(f"演示单位{self.code}{name}", None, region=f"{self.code}001", admin=users["admin"])
        for word in ("writer", "accountant", "reader"):
            Membership.objects.create(organization=unit, user=users[word], role=MEMBERS[word])
        return SimpleNamespace(row=unit, **users)

    def make_sources(self) -> SimpleNamespace:
        rows = {
            name: FundSource.objects.create(
                code=f"{name}{self.code}", name=f"来源{name}{self.code}", kind="LOTTERY", holder=holder,
                region=self.region,
            )
            for name, holder in (("LOT", "TREASURY"), ("FIS", "TREASURY"), ("BUR", "BUREAU"))
        }  # fmt: skip
        return SimpleNamespace(**rows)

    @cached_property
    def money_people(self) -> SimpleNamespace:
        """The actors as makers_agreements and makers_payments name them."""
        return SimpleNamespace(**vars(self.acting), admin=self.unit.admin, accountant=self.unit.accountant)

    @cached_property
    def field_people(self) -> makers_spending.People:
        return makers_spending.People(
            admin=self.unit.admin, accountant=self.unit.accountant, reader=self.unit.reader,
            officer=self.acting.officer, head=self.acting.head,
        )  # fmt: skip

    def make_register(self) -> dict[str, Any]:
        claimant = make_user(f"claimant-{self.code}")
        entry = make_entry(f"52{self.code}MJ0DEM0000", f"{self.code}001", name=f"待认领{self.code}")
        invitation = registry.invite(
            self.unit.row, email=f"guest-{self.code}@example.org", role=MemberRole.READER, by=self.unit.admin
        )
        resident = make_user(f"resident-{self.code}")
        need = needs.post(
            by=resident,
            region=self.community,
            title=f"楼道扶手{self.code}",
            text="三单元楼道没有扶手，老人上下不便。",
        )
        claim = make_claim(entry, claimant)
        storages["private"].save(claim.certificate.path, ContentFile(makers_agreements.PDF))
        return {
            "organization": self.unit.row, "claim": claim, "claimant": claimant, "certificate": claim.certificate,
            "account": make_account(self.neighbour.row, verified=False), "invitation": invitation, "need": need,
            "guest": make_user(f"guest-{self.code}"), "resident": resident, "region": self.street,
            "membership": Membership.objects.get(organization=self.unit.row, user=self.unit.reader),
            "administration": Membership.objects.get(organization=self.unit.row, user=self.unit.admin),
            "user": make_user(f"someone-{self.code}", Role.STREET, region=f"{self.code}001"),
            "grant": self.people[Role.STREET].role_grants.get(),
        }  # fmt: skip

    def make_money(self) -> dict[str, Any]:
        """A round in draft that asks for money, and the round that is reviewed, with its envelope."""
        officer = self.acting.officer
        asking = makers_calls.commands.draft_round(
            officer, **makers_calls.round_fields(
                code=f"D{self.code}", title=f"起草批次{self.code}", region=self.region,
                envelopes=[(self.sources.LOT, 2026, 100_000 * YUAN)], defence_places=3,
            ),
        )  # fmt: skip
        asked = makers_calls.commands.request_allocation(
            Envelope.objects.get(round=asking), 50_000 * YUAN, by=self.acting.finance
        )
        round = makers_review.make_round(
            f"R{self.code}", money={self.sources.LOT.code: 200_000_00}, region=self.region,
            title=f"评审批次{self.code}", created_by=officer, published_by=self.acting.head,
        )  # fmt: skip
        envelope = Envelope.objects.select_related("account").get(round=round)
        posting = envelope.account.paid_in.first().posting
        return {
            "draft_round": asking, "allocation": Allocation.objects.get(pk=asked.pk), "round": round,
            "entry": ledger.request_budget(
                self.sources.LOT, 2026, 1_000 * YUAN, f"指标〔2026〕{self.code}号", by=self.acting.finance
            ),
            "source": self.sources.LOT, "fund_account": envelope.account, "posting": posting,
        }  # fmt: skip

    def make_applications(self) -> dict[str, Any]:
        """An open round with its notice; one application handed in, one being written."""
        round = makers_calls.make_open_round(
            code=f"O{self.code}", title=f"开放批次{self.code}", region=self.region,
            closes_at=datetime(2027, 12, 31, tzinfo=clock.ZONE), applications_per_organization=3,
        )  # fmt: skip
        by, unit = self.unit.admin, self.unit.row
        submitted = make_submitted(round, unit, by, title=f"已交项目{self.code}")
        writing = make_application(round, unit, by, title=f"在写项目{self.code}")
        return {
            "open_round": round, "application": submitted, "writing": writing,
            "notice": CallPage.objects.get(round=round),
        }  # fmt: skip

    def candidates(self, *numbers: int) -> list[Any]:
        """Screened applications of the reviewed round; number 0 is of the district's own unit."""
        make, round, first = makers_review.make_application, self.things["round"], int(self.code) * 10
        street = f"{self.code}001"
        return [make(round, first + n, self.unit.row if n == 0 else None, street=street) for n in numbers]

    @cached_property
    def seats(self) -> dict[str, Any]:
        return {"secretary": self.people[Role.PANEL_SECRETARY], "people": self.experts}

    def make_review(self) -> dict[str, Any]:
        """An open panel in which the district's expert sits, and has stood aside once."""
        panel = makers_review.make_panel(
            self.things["round"], self.candidates(3, 4), name=f"乙组{self.code}", **self.seats
        )
        seat = PanelMember.objects.get(panel=panel, user=self.people[Role.EXPERT])
        dossier, other = Assignment.objects.filter(member=seat).order_by("pk")
        conflict = review.recuse(other, reason="EMPLOYER", by=seat.user)
        start = clock.now()
        slot = Slot.objects.create(
            candidacy=dossier.candidacy, panel=panel, position=1, starts_at=start, ends_at=start + timedelta(minutes=15),
            room=f"会议室{self.code}",
        )  # fmt: skip
        return {"panel": panel, "seat": seat, "dossier": dossier, "conflict": conflict, "slot": slot}

    def make_decision(self) -> dict[str, Any]:
        """A sealed panel, the meeting's resolution, the awards that it proposed, their publicity, an objection."""
        officer, (first, second, third) = self.acting.officer, self.candidates(0, 1, 2)
        sealed = makers_review.make_ranking(self.things["round"], [first, second, third], **self.seats)
        items = [
            awards.Item(first, "PROPOSED", 40_000_00), awards.Item(second, "PROPOSED", 38_500_00),
            awards.Item(third, "RESERVE", 40_000_00),
        ]  # fmt: skip
        with clock.at(datetime(2026, 6, 15, 2, tzinfo=UTC)):
            resolution = awards.draft_resolution(
                self.things["round"], items=items, by=officer, kind="PARTY_GROUP", met_on=date(2026, 6, 12),
                minutes_number=f"〔2026〕{self.code}号", attendees="测试甲、测试乙、测试丙",
            )  # fmt: skip
            resolution = awards.record_resolution(resolution, by=self.acting.leader)
            listed = awards.publicise(
                resolution, by=officer, first_day=date(2026, 6, 16), supervision_unit="驻局纪检监察组",
                supervision_phone="0574-80000019", address=f"演示路{self.code}号", title=f"公示{self.code}",
            )  # fmt: skip
            listed = publicity.start(listed, by=self.acting.head)
        with clock.at(datetime(2026, 6, 17, 2, tzinfo=UTC)):
            objection = publicity.object_to(
                listed,
                kind="UNTRUE",
                facts=f"{self.code}：活动没有按计划开展，请核查现场情况。",
                row=listed.rows.first(),
            )
        return {
            "sealed": sealed, "resolution": resolution, "award": Award.objects.get(application=first), "publicity": listed,
            "objection": objection,
        }  # fmt: skip

    def make_agreements(self) -> dict[str, Any]:
        """An award that waits for its agreement, a drafted agreement, a project with a change asked for."""
        drafted = makers_agreements.make_agreement(self.money_people, self.make_award(2, self.sources.LOT))
        project = makers_agreements.make_project(self.money_people, self.make_award(3, self.sources.LOT))
        lines = {one.category: one for one in project.budget_lines.all()}
        moved = {str(lines["B1"].pk): 9_300 * YUAN, str(lines["B2"].pk): 20_700 * YUAN}
        amendment = agreements.request_amendment(project, moved, "调整", self.unit.admin)
        return {
            "granted": self.make_award(1, self.sources.LOT), "drafted": drafted, "agreement": project.agreement,
            "amendment": amendment, "changing": project, "signed": project.agreement.signed_copy,
        }  # fmt: skip

    def make_award(self, number: int, source: FundSource) -> Award:
        fen = 38_500 * YUAN
        return makers_agreements.make_award(
            self.unit.row, self.money_people, code=f"VEN-{self.code}-{number}", fen=fen, shares={source.code: fen},
            region=self.street, title=f"资助项目{self.code}第{number}项",
        )  # fmt: skip

    def make_payments(self) -> dict[str, Any]:
        """One instalment paid (with its bank line), one in a batch, one asked for; a refund."""
        people, unit = self.money_people, self.unit.row
        makers_agreements.make_account(unit, self.unit.admin, self.acting.officer, number=f"622200000{self.code}")
        paid = makers_agreements.make_project(people, self.make_award(4, self.sources.LOT))
        asked = makers_agreements.make_project(people, self.make_award(5, self.sources.LOT))
        held = makers_agreements.make_project(people, self.make_award(6, self.sources.BUR))
        done = makers_payments.advance(paid, people, "PAID")
        batched = makers_payments.advance(held, people, "APPROVED")
        batch = payments.create_batch([batched], by=self.acting.cashier)
        payment = makers_payments.advance(asked, people, "REQUESTED")
        again = makers_agreements.make_project(people, self.make_award(7, self.sources.LOT))
        returned = payments.return_(
            makers_payments.advance(again, people, "REQUESTED"),
            reason="材料不全，请补充后再请款。",
            by=self.acting.officer,
        )
        line = done.bank_lines.get()
        refund = payments.register_refund(
            paid, {self.sources.LOT.code: 40 * YUAN}, by=self.acting.officer, reason="结余"
        )
        return {
            "payment": payment, "paid": Payment.objects.get(pk=done.pk), "paid_project": paid, "batch": batch,
            "line": line, "statement": line.statement, "refund": refund, "asked_project": asked,
            "returned": returned,
        }  # fmt: skip

    def make_life(self) -> dict[str, Any]:
        """A running project: activity, visit, reports, evaluation, vouchers."""
        people = self.field_people
        with clock.at(makers_spending.TODAY):
            project = self.make_running("RUN")
            activity = make_activity(project, people.admin, place=f"活动地{self.code}")
            visit = monitoring.record_visit(
                project, by=self.acting.officer, kind="TRACK", visited_on=date(2026, 8, 1), place="社区", found="正常"
            )
            make_report(project, people, "MIDTERM", status="ACCEPTED")
            task = monitoring.assign(
                project, by=people.officer, kind="MIDTERM", evaluator=self.people[Role.EVALUATOR]
            )
            report = make_report(self.make_running("SUB"), people, "MIDTERM", status="SUBMITTED")
            start = int(self.code[-1]) * 1000
            vouchers = [
                makers_spending.record(project, people.admin, f"2633{start + n:08d}", item=f"物料{self.code}")
                for n in range(2)
            ]
            makers_spending.spending.accept(vouchers[0], by=people.officer)
        return {
            "project": project, "activity": activity, "visit": visit, "report": report,
            "task": task, "evaluation": task.evaluation, "expenditure": vouchers[1], "spent": vouchers[0],
            "voucher": vouchers[0].voucher, "evidence": activity.evidence.first().file,
        }  # fmt: skip

    def make_running(self, word: str) -> Any:
        """Return a running project of the unit with an advance in its hands."""
        project = makers_spending.make_project(
            self.field_people, f"{word}-{self.code}", street=f"{self.code}001", uscc=None,
            sources=(self.sources.LOT.code, self.sources.FIS.code),
        )  # fmt: skip
        Membership.objects.filter(organization=project.organization).delete()
        mine = {"organization": self.unit.row, "payee": self.unit.row}
        type(project).objects.filter(pk=project.pk).update(title=f"实施项目{self.code}{word}", **mine)
        Award.objects.filter(pk=project.award_id).update(**mine)
        Agreement.objects.create(
            project=project, number=f"XY-{word}-{self.code}", status="DRAFT", drafted_by=self.acting.officer
        )
        return type(project).objects.select_related("award", "organization").get(pk=project.pk)

    def make_audit(self) -> dict[str, Any]:
        """An engagement in the field with a sample; one finding heard, one ordered, one only on paper."""
        project, auditor = self.things["project"], self.people[Role.AUDITOR]
        with clock.at(makers_spending.TODAY):
            engagement = audits.open_engagement(
                by=auditor, title=f"专项审计{self.code}", region=self.region, projects=[project],
                period_from=date(2026, 4, 20), period_to=date(2026, 12, 31),
            )  # fmt: skip
            engagement = audits.start(audits.notify(engagement, by=auditor), by=auditor)
            sample = audits.draw_sample(engagement, by=auditor, seed=self.code)
            given = {"project": project, "clause": CLAUSE, "fact": f"{self.code}：{FACT}", "code": "F06"}
            working, heard, ordered = (
                audits.record_finding(engagement, by=auditor, severity="H", amount=100, **given) for _n in range(3)
            )
            for one in (heard, ordered):
                audits.send_for_hearing(one, by=auditor)
            audits.respond(ordered, by=self.unit.admin, text="情况属实，同意")
            audits.issue(ordered, by=auditor)
            audits.order(ordered, by=self.acting.head, measures="退回款项，健全制度")
        return {
            "engagement": engagement, "working": working, "heard": heard, "ordered": ordered,
            "item": sample.items.first(),
        }  # fmt: skip

    def make_letters(self) -> dict[str, Any]:
        """A letter to somebody of this district."""
        [notice] = queue("accounts.test", [self.people[Role.STREET]], f"通知{self.code}", "正文")
        event = Event.objects.for_instance(self.things["draft_round"]).first()
        return {"notice_row": notice, "letter": notice.letters.get(), "event": event}


def make_districts() -> tuple[District, District]:
    mine, other = (District(code) for code in DISTRICTS)
    return mine, other

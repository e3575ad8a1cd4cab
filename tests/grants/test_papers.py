"""Who reads a paper: those who see what it speaks of, and nobody else."""

import pytest

from grants.awards.models import Award
from portal.documents import commands as documents
from portal.documents.models import Kind, Paper
from portal.files.policies import may_read
from tests.grants.makers_agreements import make_people, make_project
from tests.grants.makers_applications import make_submitted
from tests.makers import make_officer, make_organization, make_user

pytestmark = pytest.mark.django_db


def strangers():
    other = make_user("other_admin")
    make_organization("镇海区演示别家中心", "52330211MJ0DEM025X", admin=other)
    return [other, make_officer("elsewhere", region="330212")]


def readers(paper, *people):
    return [may_read(person, paper.file) for person in people]


def test_a_receipt_is_read_by_the_organization_and_its_officers():
    application = make_submitted()
    member = make_user("second")
    application.organization.memberships.create(user=member, role="READER")

    people = (member, make_officer("of_the_region"), *strangers())
    assert readers(Paper.objects.get(), *people) == [True, True, False, False]


@pytest.mark.parametrize("kind", [Kind.AWARD_NOTICE, Kind.AGREEMENT])
def test_notice_and_agreement_are_read_by_who_sees_the_project(kind):
    people = make_people()
    project = make_project(people)
    paper = documents.issue(kind, "N-1", project.code, {"title": "t", "unit": "u"}, people.head)
    is_public = Award.objects.get(code=project.code).publicity_id is not None

    expected = True if kind == Kind.AGREEMENT else is_public
    assert readers(paper, people.officer, people.accountant, *strangers()) == [True, expected, False, False]

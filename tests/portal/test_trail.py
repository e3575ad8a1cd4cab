import pytest

from portal.trail.commands import NotRegistered, log
from portal.trail.models import Event
from tests.makers import make_region, make_user

pytestmark = pytest.mark.django_db


def test_an_unregistered_model_is_refused_aloud():
    with pytest.raises(NotRegistered):
        log(make_region("33"), "regions.anything", by=make_user())
    assert Event.objects.count() == 0

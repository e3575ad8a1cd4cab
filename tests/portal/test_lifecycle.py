import pytest

from portal.lifecycle import Lifecycle, MoveNotAllowed, NotYet, Reason, move, require_moved, require_none

TABLE = Lifecycle(
    {"open": move("DRAFT", to="OPEN", owner="OFFICER", days=3), "close": move("OPEN", to="CLOSED", guards=["quiet"])},
    state_guards={"CLOSED": ["paid", "audited"]},
)


class guards:
    quiet = staticmethod(lambda subject: [])
    paid = staticmethod(lambda subject: [Reason("unpaid", "还有未付款。")])
    audited = staticmethod(lambda subject: [Reason("finding", "还有问题未销号。")])


def test_every_move_that_is_not_in_the_table_is_refused():
    for name, status in [("open", "OPEN"), ("open", "CLOSED"), ("close", "DRAFT"), ("delete", "DRAFT"), ("open", "")]:
        with pytest.raises(MoveNotAllowed):
            TABLE.target(name, status)
    assert TABLE.target("open", "DRAFT") == "OPEN"


def test_all_reasons_are_told_and_the_guards_of_the_state_are_asked():
    reasons = TABLE.open_reasons("close", guards, object())

    assert [reason.code for reason in reasons] == ["unpaid", "finding"]
    with pytest.raises(NotYet) as told:
        require_none(reasons)
    assert told.value.for_user() == "还有未付款。 还有问题未销号。"


def test_a_lost_race_is_named():
    require_moved(1)
    with pytest.raises(MoveNotAllowed):
        require_moved(0)

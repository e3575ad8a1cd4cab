import pytest

from grants.awards import rules


def test_the_suggestion_goes_down_the_ranking_until_the_next_does_not_fit():
    wishes = [rules.Wish(1, 50), rules.Wish(2, 70), rules.Wish(3, 40), rules.Wish(4, 10)]

    lines = rules.suggest(wishes, money=130, ceiling=60, per_owner=1)

    assert [(one.verdict, one.amount, one.total) for one in lines] == [
        ("PROPOSED", 50, 50),
        ("PROPOSED", 60, 110),
        ("RESERVE", 40, 110),
        ("RESERVE", 10, 110),
    ]
    assert rules.cut_reason([(one.verdict, one.amount) for one in lines], 130) == (
        "已排入 2 项 1.10 元，余 0.20 元，不足以安排下一项 0.40 元"
    )


def test_nobody_gets_two_and_nobody_without_a_result_gets_one():
    lines = rules.suggest([rules.Wish(1, 50), rules.Wish(1, 50), rules.Wish(2, 10, False)], 200, 0, 1)

    assert [one.verdict for one in lines] == ["PROPOSED", "NOT_PROPOSED", "NOT_PROPOSED"]
    assert lines[1].note == "每单位不超过 1 项"


@pytest.mark.parametrize(
    ("ranks", "verdicts", "odd"),
    [
        ([1, 2, 3], "PPR", set()),
        ([1, 3, 2], "PPP", {1}),
        ([5, 1, 2, 3, 4], "PPPPP", {0}),
        ([2, 3, 4, 1], "PPPP", {3}),
        ([1, 2, 3], "PRP", {1}),
        ([1, 2, 3], "NPP", {0}),
        ([1, 2, None], "PPN", set()),
    ],
)
def test_the_fewest_departures_are_found(ranks, verdicts, odd):
    words = {"P": "PROPOSED", "R": "RESERVE", "N": "NOT_PROPOSED"}
    found = rules.departures(ranks, [words[one] for one in verdicts])

    assert len(found) == len(odd)
    if odd != {1} or ranks != [1, 3, 2]:
        assert found == odd


def test_a_budget_is_fitted_without_losing_a_fen():
    lines = rules.budget_for([("B1", "物料", 100), ("B4", "补贴", 200), ("B2", "宣传", 1)], 100)

    assert sum(one["amount"] for one in lines) == 100
    assert [one["category"] for one in lines] == ["B1", "B4"]

from decimal import Decimal as D

import pytest

from grants.calls.rules.template import BAND_WORDS, CRITERIA, bands_of
from grants.review import rules
from portal.demo.rounds import CRITERIA as DEMO_CRITERIA


def test_five_sheets_drop_one_highest_and_one_lowest():
    totals = [D(90), D(80), D(70), D(95), D(60)]

    assert [(int(one.total), one.kept) for one in rules.trim(totals, "TRIMMED")] == [
        (60, False),
        (70, True),
        (80, True),
        (90, True),
        (95, False),
    ]
    assert rules.result(totals, "TRIMMED") == D("80.00")
    assert rules.result(totals, "MEAN") == D("79.00")


@pytest.mark.parametrize(
    ("totals", "finance", "kept"),
    [
        ([60, 70, 72, 80], 1, [70, 72]),
        ([60, 70, 72, 80], 0, [60, 70, 72, 80]),
        ([60, 70, 80], 2, [60, 70, 80]),
        ([60, 70, 72, 74, 80], 1, [70, 72, 74]),
    ],
)
def test_a_panel_of_five_is_trimmed_though_one_of_them_judges_the_money_alone(totals, finance, kept):
    marks = rules.trim([D(one) for one in totals], "TRIMMED", finance)
    assert [int(one.total) for one in marks if one.kept] == kept
    score = rules.result([D(one) for one in totals], "TRIMMED", [D(12)] * finance, bool(finance))
    assert score == rules.mean([D(one) for one in kept]) + (12 if finance else 0)


def test_a_score_is_written_so_that_it_can_be_computed_again():
    assert rules.formula(["68.0", "70.0"], ["12.0"], "81.00") == "（68.0 + 70.0）÷ 2 + 12.0 = 81.00"
    assert rules.formula(["68.0", "70.0"], [], "69.00") == "（68.0 + 70.0）÷ 2 = 69.00"


def test_four_sheets_are_not_trimmed_and_two_give_no_result():
    assert rules.result([D(90), D(80), D(70), D(60)], "TRIMMED") == D("75.00")
    assert rules.result([D(90), D(80)], "TRIMMED") is None


def test_a_half_cent_goes_up():
    assert rules.mean([D("80.5"), D("80.5"), D("80.5"), D("80.5"), D("80.5"), D("80.5"), D("80.5"), D("80.54")]) == D(
        "80.51"
    )
    assert rules.mean([D("0.01"), D("0.00")]) == D("0.01")


def test_financial_criteria_are_added_from_the_financial_experts_alone():
    assert rules.result([D(80), D(80), D(80)], "MEAN", [D(12), D(14)], True) == D("93.00")
    assert rules.result([D(80), D(80), D(80)], "MEAN", [], True) is None


@pytest.mark.parametrize("text", ["100.5", "-1", "abc", "12.3", "26", "1e1"])
def test_a_score_outside_the_rubric_is_refused(text):
    with pytest.raises(rules.NotPoints):
        rules.parse_points(text, 25, "需求")


def test_blank_is_no_score_and_full_width_is_one():
    assert rules.parse_points("", 25) is None
    assert rules.parse_points("１２.５", 25) == D("12.5")
    assert rules.parse_points("25", 25) == D("25")


def test_ties_fall_to_need_and_design_then_to_unit_cost_then_to_the_lot():
    def entry(code, score="80.17", ab="40.00", cost="100", lot="5"):
        return rules.Entry(code, D(score), D(ab), D(cost), lot)

    places = rules.rank(
        [
            entry("P-4", lot="1"),
            entry("P-3"),
            entry("P-2", cost="99"),
            entry("P-1", ab="42.10"),
            entry("P-0", score="90"),
        ]
    )

    assert [(one.rank, one.code) for one in places] == [(1, "P-0"), (2, "P-1"), (3, "P-2"), (4, "P-4"), (5, "P-3")]
    assert places[0].tie == ""
    assert places[1].tie == "与 P-2 同为 80.17 分，按需求与方案得分 42.10 高于 40.00 排定。"
    assert "人次成本 0.99 元低于 1.00 元" in places[2].tie
    assert "抽签" in places[3].tie


def test_a_dossier_without_a_result_has_no_rank():
    places = rules.rank([rules.Entry("P-1", None, D(0), None, "a"), rules.Entry("P-2", D(10), D(0), None, "b")])

    assert [(one.code, one.rank) for one in places] == [("P-2", 1), ("P-1", None)]


def test_a_low_total_needs_a_longer_comment():
    names = {"A": "需求", "B": "方案"}
    points = {"A": D(30), "B": D(20)}

    assert rules.gaps(points, names, "字" * 49) == [
        ("comment", "总分低于 60 分，总评语至少 50 个字，现在 49 个字，请补充。")
    ]
    assert rules.gaps(points, names, "字" * 50) == []
    assert rules.gaps({"A": D(30), "B": D(30)}, names, "字" * 20) == []
    assert rules.gaps({"A": D(30), "B": None}, names, "字" * 20) == [("points", "还有 1 项没有评分：方案。")]


def test_part_of_a_rubric_asks_for_the_long_comment_below_60_percent_of_its_own():
    names = {"E": "预算"}

    assert rules.gaps({"E": D(12)}, names, "字" * 20, 15) == []
    assert rules.gaps({"E": D("8.5")}, names, "字" * 20, 15) == [
        ("comment", "总分低于 9 分，总评语至少 50 个字，现在 20 个字，请补充。")
    ]


@pytest.mark.parametrize("most", [1, 2, 5, 15, 30, 100])
def test_bands_cover_every_point_of_a_criterion_once(most):
    bands = bands_of(most)

    assert [point for band in reversed(bands) for point in range(band["from"], band["to"] + 1)] == list(
        range(most + 1)
    )


def test_every_criterion_that_we_bring_says_what_its_bands_mean_and_no_two_the_same():
    ours = {one["name"] for one in [*CRITERIA, *DEMO_CRITERIA]}
    best = [bands_of(20, name)[0]["text"] for name in sorted(ours)]

    assert ours == set(BAND_WORDS)
    assert len(set(best)) == len(ours)
    assert [band["text"] for band in bands_of(20, "本区自定的一条")] == [
        "充分、具体，有依据",
        "基本成立，个别地方不够具体",
        "缺少依据或不可行",
    ]


def test_the_veil_takes_longer_names_first():
    assert rules.veil("甬澜社工中心和甬澜社工", ["甬澜社工", "甬澜社工中心"]) == "（已隐去）和（已隐去）"


def test_the_same_seed_draws_the_same_order():
    assert rules.shuffled(range(20), "s") == rules.shuffled(range(20), "s") != list(range(20))
    assert rules.lot("s", "a") == rules.lot("s", "a") != rules.lot("t", "a")

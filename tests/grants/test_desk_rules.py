from datetime import date

import pytest

from grants.desk.rules import (
    PLOT_FLOOR,
    PLOT_TOP,
    Mark,
    behind,
    dots,
    draw,
    groups,
    round_step,
    shares,
    time_percent,
)

START, END, TODAY = date(2026, 4, 20), date(2026, 11, 30), date(2026, 8, 14)


def test_marks_stand_in_their_lane_in_order_of_time():
    marks = [
        Mark("payment", date(2026, 4, 28), "第 1 期", "done"),
        Mark("milestone", date(2026, 11, 30), "结项", "planned"),
        Mark("milestone", START, "开工", "done"),
        Mark("report", None, "末期报告", "planned"),
    ]

    drawing = draw(marks, START, END, TODAY)

    lanes = {lane: [one.mark.title for one in placed] for lane, placed in drawing.lanes}
    assert lanes == {"milestone": ["开工", "结项"], "report": [], "payment": ["第 1 期"], "control": []}
    assert drawing.months[0] == ("2026年4月", 0.0) and len(drawing.months) == 8
    assert 0 < drawing.today < 100
    first, last = drawing.lanes[0][1]
    assert (first.x, first.is_left, last.is_left) == (drawing.span[0], False, True)
    assert drawing.past == pytest.approx(drawing.today - drawing.span[0], abs=0.02)
    assert (drawing.on, drawing.is_late) == (TODAY, False)


def test_today_is_drawn_only_inside_the_span():
    over = draw([], START, END, date(2027, 6, 1))
    assert (over.today, over.past) == (None, over.span[1])
    assert draw([], START, END, date(2026, 4, 1)).past == 0


def test_time_goes_from_nothing_to_all():
    assert time_percent(START, END, date(2026, 1, 1)) == 0
    assert time_percent(START, END, END) == 1000
    assert time_percent(START, END, date(2028, 1, 1)) == 1000
    assert time_percent(date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 5)) == 500


def test_marks_too_near_to_each_other_keep_their_words_in_a_second_row():
    dates = (
        ("末期报告提交", date(2026, 12, 30)),
        ("末期评估通过", date(2027, 1, 29)),
        ("专项审计完成", date(2027, 2, 28)),
    )
    marks = [Mark("milestone", on, title, "planned") for title, on in dates]

    placed = draw(marks, START, END, date(2026, 11, 22)).lanes[0][1]

    assert {one.mark.title: one.row for one in placed} == {"末期报告提交": 0, "末期评估通过": 1, "专项审计完成": 0}
    assert [one.mark.title for one in placed if one.is_bare] == []


def test_four_marks_of_one_week_keep_their_words_and_those_of_a_day_their_order():
    titles = ("实施单位确认协议", "主办单位确认协议", "协议签署", "开工")
    marks = [Mark("milestone", date(2026, 4, max(17, 16 + n)), title, "done") for n, title in enumerate(titles)]

    placed = draw(marks, START, END, date(2026, 11, 22)).lanes[0][1]

    assert [(one.mark.title, one.is_bare, one.y) for one in placed] == [
        ("实施单位确认协议", False, 22), ("主办单位确认协议", False, 64), ("协议签署", False, 106), ("开工", False, 148),
    ]  # fmt: skip


def test_the_bars_of_a_year_stand_on_one_axis_from_zero():
    plot, ticks = groups([("2025", (2_000_000, 1_710_000, 0)), ("2026", (17_840_000, 13_440_000, 9_000_000))])

    assert [label for _y, label in ticks] == ["0", "5", "10", "15", "20"]
    assert [(one.year, [bar.value for bar in one.bars]) for one in plot][0] == ("2025", [2_000_000, 1_710_000, 0])
    assert {bar.top + bar.height for one in plot for bar in one.bars} == {PLOT_FLOOR}
    assert plot[0].bars[2].height == 0 < plot[0].bars[0].height < plot[1].bars[2].height
    assert groups([("2026", (0, 0, 0))]) == ((), ())


@pytest.mark.parametrize(("most", "step"), [(1, 1), (4, 1), (5, 2), (18, 5), (21, 10), (90, 50), (401, 200)])
def test_a_plot_has_at_most_four_lines_above_zero(most, step):
    assert round_step(most) == step


def test_a_share_over_the_promise_ends_at_the_whole():
    [half, over] = shares([("2025", 50, 100, True), ("2026", 130, 100, False)])

    assert (half.permille, half.is_closed, half.height * 2) == (500, True, over.height)
    assert (over.permille, over.is_closed, over.top) == (1300, False, PLOT_TOP)


def test_a_score_stands_inside_the_range_of_all():
    [one] = dots([("2026", 91.5, 2, 51, 62.0, 93.0)])

    assert (one.rank, one.count) == (2, 51)
    assert one.top < one.y < one.top + one.height


@pytest.mark.parametrize(
    ("done", "planned", "time", "gap"),
    [
        (30, 100, 500, 0),
        (30, 100, 501, 201),
        (29, 100, 500, 210),
        (1, 3, 533, 0),
        (1, 3, 534, 201),
        (0, 10, 200, 0),
        (0, 10, 201, 201),
        (15, 10, 1000, 0),
        (0, 0, 1000, 0),
    ],
)
def test_work_is_behind_from_more_than_twenty_points_on(done, planned, time, gap):
    assert behind(done, planned, time) == gap

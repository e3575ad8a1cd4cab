from collections import Counter

from portal.demo.organizations import ORGANIZATIONS, groups
from portal.demo.plan import CEILING, COMMON_WORDS, CONTRACTED_TOTAL, FIRST, OUTCOMES, r2025, r2026


def test_the_decided_round_holds_what_the_state_table_says():
    rows = r2026()

    assert Counter(row.outcome for row in rows) == OUTCOMES
    assert sum(OUTCOMES.values()) + 4 + 3 + 1 == 81
    assert sum(row.granted for row in rows) == CONTRACTED_TOTAL
    assert all(0 < row.granted <= row.asked <= CEILING for row in rows if row.outcome == "CONTRACTED")
    assert len({row.title for row in rows}) == len(rows)


def test_the_named_projects_are_there_and_no_title_is_too_long():
    titles = {row.title for row in r2026()} | {row.title for row in r2025()}

    assert set(FIRST.values()) <= titles
    assert max(map(len, titles)) <= 30


def test_organizations_and_groups_are_marked_as_invented():
    filed = groups([(f"社区{n}", f"330211001{n:03d}") for n in range(50)])

    assert len(ORGANIZATIONS) == 20 and len(filed) == 120
    assert all("演示" in one.name for one in [*ORGANIZATIONS, *filed])
    assert sum(one.expired for one in filed) == 9
    assert Counter(one.support_class for one in filed) == {
        "公益慈善": 40, "互助志愿": 35, "科教文卫": 20, "城乡基层调解融合": 15, "专业经济": 10,
    }  # fmt: skip


def test_no_drawn_title_tells_the_experts_who_applies():
    for row in r2026():
        name = row.organization.name.removeprefix("镇海区演示")
        pairs = {name[at : at + 2] for at in range(len(name) - 1)} - COMMON_WORDS
        echoes = [pair for pair in pairs if pair in row.title]
        assert echoes == [] or row.title in FIRST.values(), (name, row.title)

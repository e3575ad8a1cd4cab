"""What the demo's three rounds hold (domain § 11.6, decision 0.19): invented, counted, deterministic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from portal.demo.history import draw_amounts
from portal.demo.organizations import ORGANIZATIONS, DemoOrganization

CONTRACTED_TOTAL = 1_425_300_00
BUDGET = {"LOTTERY": 900_000_00, "FISCAL": 400_000_00, "STREET_MATCH": 200_000_00}
CEILING = 50_000_00

OUTCOMES = {
    "CONTRACTED": 37, "RESERVE": 4, "NOT_PROPOSED": 9, "DEFENCE_ABSENT": 1, "NOT_SHORTLISTED": 12,
    "SCREEN_FAILED": 8, "WITHDRAWN": 2,
}  # fmt: skip
"""R2026. R2026B adds DRAFT 4 and RETURNED 3, R2026C one in publicity: 81 in all."""

SCREEN_CODES = ("E03", "E04", "E05", "E10", "E12", "E13", "E15", "E20")

THEMES = {
    "为老": ("独居老人敲门行动", "老年助餐陪伴", "银龄防跌倒小组", "空巢老人电话关爱"),
    "社区治理与其他公益": ("邻里议事厅", "楼道自治共建", "新居民融合小组", "护河行动"),
    "儿童青少年": ("四点半课堂", "儿童阅读角", "暑期安全成长营", "青少年心理驿站"),
    "助残": ("残疾人手工坊", "康复陪伴计划", "认知障碍家庭喘息服务", "无障碍出行同伴"),
    "救助帮困": ("困难家庭陪伴计划", "大病家庭互助小组", "就业能力提升营", "爱心物资公益集市"),
}
SMALL = (
    "楼道扶手加装", "晾衣架更新", "路灯补亮", "电动车充电棚", "无障碍坡道", "便民理发日", "消防器材更新", "健身器材维修",
    "议事亭", "垃圾分类亭房",
)  # fmt: skip
"""What a small project does (domain § 11.6)."""
SMALL_CATEGORY = {"楼道扶手加装": "为老", "便民理发日": "为老", "无障碍坡道": "助残"}

FIRST = {
    "甬澜社会工作服务中心": "老城梯坎助行计划", "后大街邻里调解服务社": "后大街邻里议事厅",
    "蛟川老年协会": "炼化家属区独居老人敲门行动", "蓝领社会工作事务所": "蓝领子女四点半课堂",
    "静远家庭服务中心": "静远社区认知障碍家庭喘息服务", "新居民融合促进会": "金邑新居民融合小组",
    "高教志愿助老中心": "高教园大学生助老志愿队", "护河环保协会": "同心湖护河行动",
    "贵穗助残服务中心": "东桂残疾人手工坊", "澥音乡村关爱中心": "岚山留守老人电话关爱",
    "龙湖萤火阅读中心": "河源社区乡村儿童阅读角",
}  # fmt: skip
"""The projects that domain § 11.6 names, by who applies."""

NAMED_CATEGORY = {"蓝领子女四点半课堂": "儿童青少年"}
"""Where a named project lies outside the field of who applies."""

COMMON_WORDS = {"社区", "服务", "中心", "社会", "工作"}
"""What every second organization is called, and says nothing of who it is."""

COMMUNITIES = {
    "330211001": ("胜利路", "总浦桥", "顺隆", "车站路", "西门", "白龙"),
    "330211002": ("五里牌", "镇电", "炼化", "临江", "虹桥", "东信路"),
    "330211003": ("中街", "南一", "盛家", "莲晴", "箭港湖", "金华"),
    "330211004": ("庄一", "兴庄路", "陈倪路", "中兴", "锦绣", "汉郡"),
    "330211005": ("贵驷", "里洞桥", "兴丰", "妙胜寺", "民联", "沙河"),
    "330211100": ("广源", "沿山", "觉渡", "庙戴", "十七房", "湾塘"),
    "330211101": ("思源", "龙源", "田杨陈", "杜夹岙", "汶溪", "长石"),
}
"""Communities and villages of each street, by its code."""

FIELD_CATEGORY = {
    "为老": "为老", "留守老人": "为老", "志愿": "社区治理与其他公益", "社区治理": "社区治理与其他公益",
    "流动人口": "社区治理与其他公益", "环境": "社区治理与其他公益", "社工能力": "社区治理与其他公益",
    "乡村": "社区治理与其他公益", "资助": "救助帮困", "儿童青少年": "儿童青少年", "儿童": "儿童青少年",
    "残疾人": "助残", "认知障碍家庭": "助残", "康复": "助残",
}  # fmt: skip


@dataclass(frozen=True)
class PlannedApplication:
    """asked, granted: fen (granted 0 unless contracted); points: 0–100, its place in the ranking follows."""

    position: int
    organization: DemoOrganization
    title: str
    category: str
    region: str
    asked: int
    granted: int
    points: int
    outcome: str
    code: str = ""
    tilt: int = 0
    """Points more for the need, taken from another criterion: what decides the tie at the cut-off."""


def r2026() -> list[PlannedApplication]:
    """Return the 73 applications of the decided round; the contracted ones add up to CONTRACTED_TOTAL."""
    granted = iter(draw_amounts(OUTCOMES["CONTRACTED"], CONTRACTED_TOTAL, 20_000_00, CEILING, 17))
    codes = iter(SCREEN_CODES)
    able = [
        one for one in ORGANIZATIONS if one.story not in {"operator", "co-funder", "abnormal", "inspection-overdue"}
    ]
    failing = {one.story: one for one in ORGANIZATIONS}
    titles = Titles()
    rows = []
    for position, outcome in enumerate(name for name, count in OUTCOMES.items() for _ in range(count)):
        code = next(codes) if outcome == "SCREEN_FAILED" else ""
        organization = {"E04": failing["inspection-overdue"], "E05": failing["abnormal"]}.get(
            code, able[position % len(able)]
        )
        given = next(granted) if outcome == "CONTRACTED" else 0
        category = FIELD_CATEGORY[organization.field]
        title = titles.take(organization, fitting(organization, THEMES[category]))
        asked = min(CEILING, given + position % 4 * 1_000_00) if given else 24_000_00 + position * 300_00
        rows.append(
            PlannedApplication(
                position, organization, title, NAMED_CATEGORY.get(title, category), organization.region,
                asked=asked, granted=given, points=_points(position, outcome), outcome=outcome, code=code,
                tilt=2 if outcome == "DEFENCE_ABSENT" else 0,
            )
        )  # fmt: skip
    return rows


def fitting(organization: DemoOrganization, themes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the themes that do not echo the applicant's name: the experts must not guess who asks."""
    name = organization.name.removeprefix("镇海区演示")
    pairs = {name[at : at + 2] for at in range(len(name) - 1)} - COMMON_WORDS
    return tuple(one for one in themes if not any(pair in one for pair in pairs))


class Titles:
    """Titles of one round: a place of the applicant's street and a theme, none of them twice."""

    def __init__(self) -> None:
        self.given: set[str] = set()
        self.counts: Counter[str] = Counter()

    def take(self, organization: DemoOrganization, themes: tuple[str, ...]) -> str:
        """Return the next title of an applicant; the first is the named one, where there is one."""
        count = self.counts[organization.name]
        self.counts[organization.name] += 1
        named = FIRST.get(organization.name.removeprefix("镇海区演示"))
        if named and not count:
            self.given.add(named)
            return named
        return self.at(organization.region, themes[count % len(themes)], count)

    def at(self, region: str, theme: str, start: int = 0) -> str:
        places = COMMUNITIES[region]
        rotated = [places[(start + at) % len(places)] for at in range(len(places))]
        title = next(title for place in rotated if (title := f"{place}{theme}") not in self.given)
        self.given.add(title)
        return title


def _points(position: int, outcome: str) -> int:
    """Return a whole mark that puts the outcomes in order; the first one outside ties with the last one inside."""
    outside = 66 if position == FIRST_OUTSIDE else 65 - position % 4
    return {
        "CONTRACTED": 93 - position // 3,
        "RESERVE": 79,
        "NOT_PROPOSED": 74 - position % 5,
        "DEFENCE_ABSENT": 66,
    }.get(outcome, outside)


PLACES = OUTCOMES["CONTRACTED"] + OUTCOMES["RESERVE"] + OUTCOMES["NOT_PROPOSED"] + OUTCOMES["DEFENCE_ABSENT"]
FIRST_OUTSIDE = PLACES
"""Places of the defence; the position of the first application that is not shortlisted."""

PROJECTS = {
    "PREPARING": 2, "GREEN": 14, "YELLOW": 6, "RED": 2, "MIDTERM_DUE": 3, "MIDTERM_OVERDUE": 1, "MIDTERM_FAILED": 2,
    "FINAL": 3, "AUDIT": 3, "TERMINATED": 1,
}  # fmt: skip
"""What has become of the 37 contracted projects. GREEN on plan, YELLOW spends late, RED has done nothing since."""

STORIES = {
    5: "MIDTERM_FAILED", 21: "MIDTERM_FAILED", 12: "AUDIT", 28: "AUDIT", 13: "TERMINATED", 35: "PREPARING",
    36: "PREPARING",
}  # fmt: skip
"""Positions whose organization has that story in domain § 11.5."""


def project_kinds() -> dict[tuple[str, str], str]:
    """Return (organization, title) of each contracted application -> its key in PROJECTS."""
    left = Counter(PROJECTS)
    left.subtract(STORIES.values())
    rest = iter([kind for kind, count in left.items() for _ in range(count)])
    rows = [one for one in r2026() if one.outcome == "CONTRACTED"]
    return {(one.organization.name, one.title): STORIES.get(one.position) or next(rest) for one in rows}


CLOSED = 18


def r2025() -> list[PlannedApplication]:
    """Return the small projects of the year before: paid at once, finished, audited and closed."""
    able = [one for one in ORGANIZATIONS if one.story in {"normal", "hub"}]
    titles = Titles()
    rows = []
    for position in range(CLOSED):
        organization = able[position % len(able)]
        theme = SMALL[position % len(SMALL)]
        title = titles.at(organization.region, theme)
        asked = 8_000_00 + position * 100_00
        rows.append(
            PlannedApplication(
                position, organization, title, SMALL_CATEGORY.get(theme, "社区治理与其他公益"), organization.region,
                asked, asked, 90 - position, "CONTRACTED",
            )
        )  # fmt: skip
    return rows

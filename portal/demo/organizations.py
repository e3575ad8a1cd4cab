"""The invented organizations of the demo (domain § 11.5). Every name carries 演示."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice


@dataclass(frozen=True)
class DemoOrganization:
    """region: code of the street; support_class: one of S1's five; story: why it is there."""

    name: str
    kind: str
    uscc: str
    region: str
    support_class: str
    grade: str
    field: str
    story: str


def _rows() -> list[DemoOrganization]:
    kinds = {"51": "ASSOCIATION", "52": "SERVICE_INSTITUTION", "53": "FOUNDATION"}
    rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        DemoOrganization(f"镇海区演示{name}", kinds[uscc[:2]], uscc, STREETS[street], group, grade, field, story)
        for name, uscc, street, group, grade, field, story in rows
    ]


STREETS = {
    "招宝山": "330211001", "蛟川": "330211002", "骆驼": "330211003", "庄市": "330211004", "贵驷": "330211005",
    "澥浦": "330211100", "九龙湖": "330211101",
}  # fmt: skip

TABLE = """
甬澜社会工作服务中心 52330211MJ0DEM016A 招宝山 公益慈善 4A 为老 normal
汐光为老服务中心 52330211MJ0DEM0245 招宝山 公益慈善 3A 为老 normal
后大街邻里调解服务社 52330211MJ0DEM0320 招宝山 城乡基层调解融合 - 社区治理 start-up
志愿服务协会 51330211MJ0DEM040X 招宝山 互助志愿 5A 志愿 hub
蛟帆青少年成长中心 52330211MJ0DEM059P 蛟川 科教文卫 3A 儿童青少年 normal
蓝领社会工作事务所 52330211MJ0DEM067J 蛟川 公益慈善 2A 流动人口 midterm-failed
蛟川老年协会 51330211MJ0DEM075G 蛟川 互助志愿 3A 为老 normal
驼铃社工服务中心 52330211MJ0DEM0838 骆驼 公益慈善 4A 残疾人 normal
静远家庭服务中心 52330211MJ0DEM0913 骆驼 公益慈善 3A 认知障碍家庭 normal
新居民融合促进会 51330211MJ0DEM104U 骆驼 城乡基层调解融合 - 流动人口 inspection-overdue
庄禾社区发展中心 52330211MJ0DEM112K 庄市 公益慈善 4A 社区治理 normal
高教志愿助老中心 52330211MJ0DEM120E 庄市 互助志愿 3A 为老 normal
护河环保协会 51330211MJ0DEM139E 庄市 专业经济 2A 环境 normal
贵穗助残服务中心 52330211MJ0DEM1476 贵驷 公益慈善 3A 残疾人 findings
澥音乡村关爱中心 52330211MJ0DEM1551 澥浦 公益慈善 - 留守老人 claw-back
岚山渔村互助会 51330211MJ0DEM163Y 澥浦 互助志愿 - 乡村 abnormal
龙湖萤火阅读中心 52330211MJ0DEM171N 九龙湖 科教文卫 3A 儿童 normal
河源康复服务中心 52330211MJ0DEM18XE 九龙湖 科教文卫 2A 康复 expired
社会工作者协会 51330211MJ0DEM198H 骆驼 专业经济 4A 社工能力 operator
社区发展基金会 53330211MJ0DEM200Y 骆驼 公益慈善 3A 资助 co-funder
"""

ORGANIZATIONS = _rows()

GROUP_KINDS = ("邻里互助队", "夕阳红艺术团", "护河志愿队", "四点半课堂", "老娘舅调解队", "巧手坊", "爱心理发队")
GROUP_CLASSES = (("公益慈善", 40), ("科教文卫", 20), ("互助志愿", 35), ("城乡基层调解融合", 15), ("专业经济", 10))
GROUPS = 120


@dataclass(frozen=True)
class DemoGroup:
    """A filed group of a community; expired: its filing has run out."""

    name: str
    region: str
    support_class: str
    expired: bool


def groups(communities: Sequence[tuple[str, str]]) -> list[DemoGroup]:
    """Return the 120 filed groups, spread over `communities` [(name, code)] in their order; 9 have expired."""
    classes = [name for name, count in GROUP_CLASSES for _ in range(count)]
    places = list(islice(cycle(communities), GROUPS))
    return [
        DemoGroup(
            name=f"{name}演示{GROUP_KINDS[(i + i // len(communities)) % len(GROUP_KINDS)]}",
            region=code,
            support_class=classes[i * 37 % GROUPS],
            expired=i % 13 == 0 and i < 117,
        )
        for i, (name, code) in enumerate(places)
    ]

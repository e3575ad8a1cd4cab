"""The needs library of the demo: 45 entries of residents, listed by their streets, 15 of them taken up by projects."""

from __future__ import annotations

from grants.awards.models import Award
from grants.needs import commands as needs
from grants.needs.models import Need
from portal import clock
from portal.demo.base import Say, moment, person
from portal.regions.models import Level, Region

WANTED = (
    ("楼道扶手加装", "老楼没有电梯，老人上下楼不便，希望在楼道加装扶手。"),
    ("晾衣架更新", "公共晾衣架锈蚀变形，存在安全隐患，希望更新。"),
    ("路灯补亮", "小区北侧通道晚上没有路灯，老人夜间出行不安全。"),
    ("电动车充电棚", "电动车乱停乱充，希望集中设置充电棚。"),
    ("独居老人定期探访", "独居老人较多，希望有人每周上门看望、代办小事。"),
    ("四点半课堂", "双职工家庭的孩子放学后无人照看，希望有课后托管。"),
    ("便民理发日", "行动不便的老人理发难，希望每月有一次上门理发。"),
    ("无障碍坡道", "社区服务站门口有台阶，轮椅进出不便，希望修坡道。"),
    ("邻里议事亭", "居民商量事情没有地方，希望有一处议事的亭子。"),
)
COUNT, ADOPTED = 45, 15


def load_needs(say: Say) -> None:
    """Posted by a resident, edited and listed by the street."""
    resident = person("resident")
    streets = list(Region.objects.filter(level=Level.STREET).order_by("code"))
    places = [one for one in Region.objects.filter(level=Level.COMMUNITY).order_by("code") if not one.is_village]
    made = []
    for number in range(COUNT):
        place, (title, text) = places[number % len(places)], WANTED[number % len(WANTED)]
        with clock.at(moment("2025-11-10 09:00")):
            need = needs.post(by=resident, region=place, title=title, text=f"{text}（演示）", persons=40 + number)
        officer = next(n for n, one in enumerate(streets, 1) if place.code.startswith(one.code))
        with clock.at(moment("2025-11-14 09:00")):
            made.append(
                needs.list_(need, by=person(f"street{officer}"), title=f"{place.name}{title}", text=f"{text}（演示）")
            )
    say(f"需求清单 {len(made)}")


def load_adopted(say: Say) -> None:
    """Fifteen needs are taken up by approved projects."""
    awards = Award.objects.filter(round__code="R2026", status="APPROVED").order_by("position")[:ADOPTED]
    for need, award in zip(Need.objects.public().order_by("pk"), awards, strict=False):
        needs.mark(need, "approved", award.code, f"/projects/?q={award.code}")
    say(f"需求被采纳 {len(awards)}")

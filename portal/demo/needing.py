"""The needs library of the demo: 45 entries of residents, listed by their streets, 15 of them taken up by projects."""

from __future__ import annotations

from grants.awards.models import Award
from grants.needs import commands as needs
from grants.needs.models import Need
from portal import clock
from portal.demo.base import Say, moment, person
from portal.demo.wishes import FITTING, WANTED
from portal.regions.models import Level, Region

COUNT = 45
NOT_HOMES = "园区"


def load_needs(say: Say) -> None:
    """Posted by a resident, edited and listed by the street."""
    resident = person("resident")
    streets = list(Region.objects.filter(level=Level.STREET).order_by("code"))
    communities = Region.objects.filter(level=Level.COMMUNITY).exclude(name__endswith=NOT_HOMES).order_by("code")
    places = [one for one in communities if not one.is_village]
    made = []
    for number in range(COUNT):
        place = places[number % len(places)]
        title, texts = WANTED[number % len(WANTED)]
        text = f"{texts[number // len(WANTED) % len(texts)].format(place=place.name)}（演示）"
        with clock.at(moment(f"2025-11-{10 + number // 9} 09:00")):
            need = needs.post(by=resident, region=place, title=title, text=text, persons=30 + number * 37 % 130)
        officer = next(n for n, one in enumerate(streets, 1) if place.code.startswith(one.code))
        with clock.at(moment("2025-11-18 09:00")):
            made.append(needs.list_(need, by=person(f"street{officer}"), title=f"{place.name}{title}", text=text))
    say(f"需求清单 {len(made)}")


def load_adopted(say: Say) -> None:
    """Fifteen needs are taken up by approved projects that answer them, of the same street where there is one."""
    left = list(
        Award.objects.filter(round__code="R2026", status="APPROVED").select_related("region").order_by("position")
    )
    count = 0
    for need in Need.objects.public().select_related("region").order_by("pk"):
        words = FITTING.get(need.raw_title, ())
        fitting = [one for one in left if any(word in one.title for word in words)]
        if not fitting:
            continue
        award = min(fitting, key=lambda one: (not need.region.code.startswith(one.region.code), one.position))
        left.remove(award)
        needs.mark(need, "approved", award.code, f"/projects/?q={award.code}")
        count += 1
    say(f"需求被采纳 {count}")

"""What stays behind its time: activities and persons served (screens § 3.7). Rules are said, nothing is scored."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from grants.agreements.models import PlannedActivity, Project, ProjectQuerySet
from grants.desk.rules import behind, time_percent
from grants.monitoring.models import Activity
from portal import clock

Work = tuple[int, int, int, int]
"""Activities held and planned, persons served and promised."""


def lags(work: Work, time: int) -> Iterator[str]:
    """Say what is behind. time: how much of the period is over, in tenths of a percent."""
    held, planned, served, promised = work
    if gap := behind(held, planned, time):
        yield _("活动进度比时间进度落后 %.1f 个百分点。") % (gap / 10)
    if gap := behind(served, promised, time):
        yield _("指标（服务人次）比时间进度落后 %.1f 个百分点。") % (gap / 10)


def lagging(projects: ProjectQuerySet) -> Iterator[tuple[Project, str]]:
    """Yield each running project with each sentence about it. Three queries, with any number of projects."""
    running = {one.pk: one for one in projects.running()}
    planned = PlannedActivity.objects.filter(project__in=running).order_by().values_list("project")
    held = Activity.objects.filter(project__in=running, planned__isnull=False).order_by().values_list("project")
    done = {pk: (times, persons) for pk, times, persons in held.annotate(t=Count("pk"), n=Sum("persons"))}
    for pk, times, persons in planned.annotate(t=Sum("times"), n=Sum("persons")):
        project, (here, served) = running[pk], done.get(pk, (0, 0))
        time = time_percent(project.starts_on, project.ends_on, clock.today())
        for text in lags((here, times, served, persons), time):
            yield project, text

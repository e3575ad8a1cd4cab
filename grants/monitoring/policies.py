"""Who records, reports, checks, assigns and evaluates."""

from __future__ import annotations

from typing import Any

from grants.agreements.models import READERS, Project
from grants.monitoring import guards, queries
from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Report
from grants.monitoring.states import EVALUATION, REPORT, TASK, EvaluationStatus, TaskStatus
from orgs.registry.models import MemberRole, Organization
from portal.access import Role
from portal.access.policies import Policy
from portal.lifecycle import Reason

WRITERS = (MemberRole.ADMIN, MemberRole.WRITER)


def is_member(user: Any, organization_id: int, *roles: str) -> bool:
    """1 query."""
    return Organization.objects.of_member(user, *roles).filter(pk=organization_id).exists()


def is_any_member(user: Any, *roles: str) -> bool:
    return bool(user.is_active and user.is_authenticated and Organization.objects.of_member(user, *roles).exists())


def in_region(user: Any, project: Project, *roles: str) -> bool:
    return Project.objects.filter(user.scope(*roles), pk=project.pk).exists()


class ProjectPolicy(Policy):
    """record: members who write. visit: officer, operator, street. assign: the officer. Never on the own organization."""

    place = "region"
    actions = {
        "record": (Role.ORG_ADMIN, Role.PROJECT_LEAD),
        "visit": (Role.BUREAU_OFFICER, Role.OPERATOR, Role.STREET, Role.EVALUATOR),
        "assign": (Role.BUREAU_OFFICER,),
    }

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "record":
            return is_any_member(user, *WRITERS)
        return super().user_has_permission(user, action)

    def allows(self, user: Any, action: str, instance: Project) -> bool:
        if action == "record":
            return instance.is_running and is_member(user, instance.organization_id, *WRITERS)
        if not instance.is_running or queries.belongs(user, instance):
            return False
        if action == "visit" and EvaluationTask.objects.in_force().filter(project=instance, evaluator=user).exists():
            return True
        roles = [role for role in self.roles_for(action) if role != Role.EVALUATOR]
        return in_region(user, instance, *roles)


class ActivityPolicy(Policy):
    place = "project.region"
    actions = {"view": READERS}


class ReportPolicy(Policy):
    """submit: the organization's administrator. accept, send_back: the officer or operator of the region."""

    place = "project.region"
    actions = {
        "view": READERS,
        "submit": (Role.ORG_ADMIN,),
        "accept": (Role.BUREAU_OFFICER, Role.OPERATOR),
        "send_back": (Role.BUREAU_OFFICER, Role.OPERATOR),
    }
    lifecycle = REPORT
    guards = guards

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "submit":
            return is_any_member(user, MemberRole.ADMIN)
        return super().user_has_permission(user, action)

    def allows(self, user: Any, action: str, instance: Report) -> bool:
        if action not in REPORT.moves:
            return True
        if not super().allows(user, action, instance):
            return False
        if action == "submit":
            return is_member(user, instance.project.organization_id, MemberRole.ADMIN)
        return in_region(user, instance.project, *self.roles_for(action)) and not queries.belongs(
            user, instance.project
        )


class EvaluationPolicy(Policy):
    """evaluate: the evaluator of the task. rectify: the organization's administrator."""

    place = "project.region"
    actions = {
        "view": READERS,
        "evaluate": (Role.EVALUATOR,),
        "rectify": (Role.ORG_ADMIN,),
    }
    lifecycle = EVALUATION
    guards = guards

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "rectify":
            return is_any_member(user, MemberRole.ADMIN)
        return super().user_has_permission(user, action)

    def is_legal(self, action: str, instance: Evaluation) -> bool:
        if action == "evaluate":
            return instance.status == EvaluationStatus.ASSIGNED and instance.task.status == TaskStatus.OPEN
        return super().is_legal(action, instance)

    def open_reasons(self, action: str, instance: Evaluation) -> list[Reason]:
        if action == "evaluate":
            return [*guards.report_is_accepted(instance), *guards.evaluator_is_independent(instance)]
        return super().open_reasons(action, instance)

    def allows(self, user: Any, action: str, instance: Evaluation) -> bool:
        if action == "evaluate":
            return super().allows(user, action, instance) and instance.task.evaluator_id == user.pk
        if action == "rectify":
            return super().allows(user, action, instance) and is_member(
                user, instance.project.organization_id, MemberRole.ADMIN
            )
        return True


class TaskPolicy(Policy):
    """release: the officer of the region takes an open task back."""

    place = "project.region"
    actions = {"view": READERS, "release": (Role.BUREAU_OFFICER,)}
    lifecycle = TASK
    guards = guards

    def allows(self, user: Any, action: str, instance: EvaluationTask) -> bool:
        if action != "release":
            return True
        return super().allows(user, action, instance) and in_region(user, instance.project, Role.BUREAU_OFFICER)


project_policy = ProjectPolicy(Project)
activity_policy = ActivityPolicy(Activity)
report_policy = ReportPolicy(Report)
evaluation_policy = EvaluationPolicy(Evaluation)
task_policy = TaskPolicy(EvaluationTask)

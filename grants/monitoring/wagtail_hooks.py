from django.urls import path
from wagtail import hooks

from grants.monitoring import staff


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [staff.ReportViewSet(), staff.TaskViewSet(), staff.EvaluationViewSet(), staff.ActivityViewSet()]


@hooks.register("register_admin_urls")
def register_urls() -> list:
    assign = "staff_evaluation_tasks/<int:pk>/<str:kind>/assign/"
    return [path(assign, staff.Assign.as_view(), name="staff_evaluation_assign")]

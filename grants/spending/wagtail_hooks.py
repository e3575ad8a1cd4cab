from wagtail import hooks

from grants.spending.staff import ExpenditureViewSet


@hooks.register("register_admin_viewset")
def register_expenditures() -> ExpenditureViewSet:
    return ExpenditureViewSet()

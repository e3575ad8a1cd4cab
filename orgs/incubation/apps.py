from django.apps import AppConfig


class IncubationConfig(AppConfig):
    name = "orgs.incubation"
    label = "incubation"
    verbose_name = "孵化"

from django.apps import AppConfig


class DynformsConfig(AppConfig):
    name = "portal.dynforms"
    label = "dynforms"
    verbose_name = "申报表"

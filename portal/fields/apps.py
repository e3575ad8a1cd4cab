from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "portal.fields"
    label = "fields"
    verbose_name = "字段"

from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "portal.trail"
    label = "trail"
    verbose_name = "操作日志"

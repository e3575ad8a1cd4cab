from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "grants.review"
    label = "review"
    verbose_name = "评审"

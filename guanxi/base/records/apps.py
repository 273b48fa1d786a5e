from django.apps import AppConfig


class Records(AppConfig):
    name = "guanxi.base.records"
    label = "records"

from django.apps import AppConfig


class Org(AppConfig):
    name = "guanxi.base.org"
    label = "org"

from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "guanxi.core.rulebooks"
    label = "rulebooks"

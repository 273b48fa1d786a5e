from django.apps import AppConfig


class Ui(AppConfig):
    name = "guanxi.base.ui"
    label = "ui"

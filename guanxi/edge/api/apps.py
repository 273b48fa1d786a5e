from django.apps import AppConfig


class Api(AppConfig):
    name = "guanxi.edge.api"
    label = "api"

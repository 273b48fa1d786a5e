from django.apps import AppConfig


class Messaging(AppConfig):
    name = "guanxi.core.messaging"
    label = "messaging"

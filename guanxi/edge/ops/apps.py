from django.apps import AppConfig


class Ops(AppConfig):
    name = "guanxi.edge.ops"
    label = "ops"

    def ready(self) -> None:
        from . import alarms, auditing, found, navigation

        navigation.register()
        found.register()
        alarms.register()
        auditing.register()

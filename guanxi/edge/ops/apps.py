from django.apps import AppConfig


class Ops(AppConfig):
    name = "guanxi.edge.ops"
    label = "ops"

    def ready(self) -> None:
        from .backups import afterwards
        from . import alarms, auditing, found, navigation, room

        navigation.register()
        found.register()
        alarms.register()
        room.register()
        auditing.register()
        afterwards.register()

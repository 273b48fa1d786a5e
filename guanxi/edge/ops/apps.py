from django.apps import AppConfig


class Ops(AppConfig):
    name = "guanxi.edge.ops"
    label = "ops"

    def ready(self) -> None:
        from . import alarms, auditing, found, navigation, personal, room, signins
        from .backups import afterwards, registration
        from .governance import room as safety

        personal.register()
        navigation.register()
        found.register()
        alarms.register()
        room.register()
        signins.register()
        auditing.register()
        safety.register()
        afterwards.register()
        registration.register()

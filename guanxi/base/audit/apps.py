from django.apps import AppConfig


class Audit(AppConfig):
    name = "guanxi.base.audit"
    label = "audit"

    def ready(self) -> None:
        from . import personal

        personal.register()

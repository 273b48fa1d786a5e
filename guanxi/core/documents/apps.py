from django.apps import AppConfig


class Documents(AppConfig):
    name = "guanxi.core.documents"
    label = "documents"

    def ready(self) -> None:
        from . import records

        records.register()

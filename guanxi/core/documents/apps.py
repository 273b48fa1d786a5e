from django.apps import AppConfig


class Documents(AppConfig):
    name = "guanxi.core.documents"
    label = "documents"

    def ready(self) -> None:
        from . import beside, jobs, personal, records  # noqa: F401  (the worker learns of the jobs by their import)

        personal.register()
        beside.register()
        records.register()

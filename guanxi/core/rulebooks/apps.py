from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "guanxi.core.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        # The worker learns of the jobs by their import.
        from . import handlers, jobs, messages, providers  # noqa: F401
        from .screens import register

        providers.register()
        messages.register()
        handlers.subscribe()
        register.register()

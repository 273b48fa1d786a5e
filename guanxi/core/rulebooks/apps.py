from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "guanxi.core.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from . import handlers, messages, providers

        providers.register()
        messages.register()
        handlers.subscribe()

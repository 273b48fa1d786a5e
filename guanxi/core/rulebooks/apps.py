from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "guanxi.core.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from guanxi.base.org.blockers import DEPARTURE

        # The worker learns of the jobs by their import.
        from . import handlers, imports, jobs, messages, providers, related, subjects  # noqa: F401  (they register themselves when imported)
        from .departure import OPEN_DUTIES
        from .screens import register

        DEPARTURE.add(OPEN_DUTIES)
        providers.register()
        subjects.register()
        related.register()
        messages.register()
        handlers.subscribe()
        imports.register()
        register.register()

from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "guanxi.core.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from guanxi.base.org.blockers import DEPARTURE

        # The worker learns of the jobs by their import.
        from . import (  # noqa: F401  (they register themselves when imported)
            coming,
            handlers,
            imports,
            jobs,
            messages,
            notices,
            personal,
            proposal_subject,
            providers,
            related,
            reports,
            subjects,
        )
        from .departure import OPEN_DUTIES, TO_DECIDE
        from .screens import register

        DEPARTURE.add(OPEN_DUTIES)
        DEPARTURE.add(TO_DECIDE)
        personal.register()
        providers.register()
        subjects.register()
        proposal_subject.register()
        coming.register()
        related.register()
        messages.register()
        notices.register()
        reports.register()
        handlers.subscribe()
        imports.register()
        register.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Archive(AppConfig):
    name = "guanxi.domain.archive"
    label = "archive"

    def ready(self) -> None:
        from guanxi.base.audit import events
        from guanxi.base.org.scopes import may
        from guanxi.base.records.types import PANELS, RECORD_TYPES, Panel
        from guanxi.base.records.views.panel import segments_panel
        from guanxi.base.ui import NAV, NavEntry
        from guanxi.core.customers.events import TRANSFERRED

        from . import file_custody, files, first_contact, handlers, imports, messages, permits, personal, related, rules
        from .screens.fileform import FILE_FORMS, forms_panel

        personal.register()
        rules.register()
        messages.register()
        first_contact.register()
        file_custody.register()
        related.register()
        permits.register()
        PANELS.add(segments_panel(FILE_FORMS))
        imports.register()
        events.subscribe(TRANSFERRED, handlers.follow_customer)
        RECORD_TYPES.add(FILE_FORMS)
        files.register()
        PANELS.add(Panel("file-forms", "customer", _("File forms"), "archive/forms_panel.html", forms_panel, order=60))
        NAV.add(
            NavEntry(
                "file-forms",
                _("File forms"),
                "archive:fileform-list",
                "archive",
                order=20,
                icon="file",
                visible=lambda actor: may(actor, "fileform", "read"),
            )
        )

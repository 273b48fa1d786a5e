"""What this room brings to rulebooks: the file form as a subject, and its completion as a source."""

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.rulebooks.joining import add_subject
from guanxi.core.rulebooks.registry import CUSTOMER_ALIVE, SOURCES, Alive, Source, Subject

from .events import CHANGED, COMPLETED, REMOVED
from .models import FileForm

FIELDS = Fields(
    [
        Field("purchased", Kind.YESNO, _("Purchased")),
        Field("product", Kind.TEXT, _("Product")),
        Field("amount", Kind.NUMBER, _("Amount")),
        Field("event", Kind.TEXT, _("Event"), column="event_name"),
        Field("completed", Kind.DATE, _("Completed on"), column="completed_on"),
        Field("grade", Kind.CHOICE, _("Grade"), alias="c", choices=("A", "B", "C")),
    ]
)


def register() -> None:
    add_subject(
        Subject(
            key="file-form",
            kind=FileForm.KIND,
            label=_("File form"),
            relation="archive_fileform s JOIN customers_customer c ON c.id = s.customer_id",
            fields=FIELDS,
            alive=(Alive("removed", "s.removed_at IS NULL"), *CUSTOMER_ALIVE),
        ),
        told_by=(COMPLETED, CHANGED, REMOVED),
    )
    SOURCES.add(Source("file-form", "completed", label=_("The file form was completed"), anchor="s.completed_on"))

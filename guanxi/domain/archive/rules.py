"""What this room brings to rulebooks: the file form as a subject, and its completion as a source."""

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.rulebooks.joining import add_subject
from guanxi.core.rulebooks.registry import CUSTOMER_ALIVE, SOURCES, Alive, Source, Subject

from .events import CHANGED, COMPLETED, RECEIVED, REMOVED
from .models import FileForm

FIELDS = Fields(
    [
        Field("purchased", Kind.YESNO, _("Purchased")),
        Field("product", Kind.TEXT, _("Product")),
        Field("amount", Kind.NUMBER, _("Amount")),
        Field("event", Kind.TEXT, _("Event"), column="event_name"),
        Field("completed", Kind.DATE, _("Completed on"), column="completed_on"),
        Field("grade", Kind.CHOICE, _("Grade"), alias="c", choices=("A", "B", "C")),
        Field("imported", Kind.YESNO, _("Imported"), alias="im"),
    ]
)


def register() -> None:
    add_subject(
        Subject(
            key="file-form",
            kind=FileForm.KIND,
            label=_("File form"),
            relation="""archive_fileform s JOIN customers_customer c ON c.id = s.customer_id
  CROSS JOIN LATERAL (SELECT s.batch_id IS NOT NULL OR NOT EXISTS (SELECT FROM archive_custodyentry w
    WHERE w.form_id = s.id AND w.moved = 'completed') AS imported) im""",
            fields=FIELDS,
            alive=(Alive("removed", "s.removed_at IS NULL"), *CUSTOMER_ALIVE),
            people={"representative": "s.representative_id", "receiver": "s.received_by_id"},
        ),
        told_by=(COMPLETED, CHANGED, REMOVED, RECEIVED),
    )
    SOURCES.add(Source("file-form", "completed", label=_("The file form was completed"), anchor="s.completed_on"))

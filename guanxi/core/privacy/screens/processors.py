"""The register of processors: whom data are given to (CN-04)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.standard import standard
from guanxi.base.records.types import Field, RecordType

from ..models import Processor, ProcessorSort

PROCESSORS = standard(
    RecordType(
        label=_("Processor"),
        plural=_("Processors"),
        path="processors",
        model=Processor,
        fields=(
            Field("name", _("Name of the processor"), required=True, max_length=80),
            Field("kind", _("Kind"), "choice", choices=list(ProcessorSort.choices), required=True),
            Field("sent", _("What is sent"), "longtext", required=True, max_length=300),
            Field("purpose", _("Purpose"), required=True, max_length=200),
            Field("basis", _("Consent or legal basis"), max_length=200),
            Field("agreed_on", _("Agreed on"), "date", may_be_future=False),
            Field("agreed_until", _("Agreed until"), "date"),
            Field("contact", _("Who answers there"), max_length=120),
        ),
        empty_hint=_("Nothing leaves the house so far. Enter whoever gets data before they do."),
        icon="link",
    )
)

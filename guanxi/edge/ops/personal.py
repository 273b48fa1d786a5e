"""What this room and the queue of jobs keep about people."""

from __future__ import annotations

from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from guanxi.base.kernel.personal import About, Basis, Held, Kept, Purpose, Sort, Table, declare

from .models import (
    AccessReview,
    BackupPlace,
    BackupPlan,
    BackupRun,
    Classification,
    ComplianceReport,
    DataIncident,
    ItemState,
    KeptSet,
    NetworkRange,
    RestorePlan,
    ReviewLine,
    Revival,
    Risk,
    Signature,
)

# Jobs take ids; whatever a caller puts in beside them is treated as words about somebody.
GIVEN = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.SHORT)
PROVEN = Held(Sort.WORDS, Purpose.SECURITY, Basis.LAW, Kept.PROOF)


def register() -> None:
    _declare_governance()
    _declare_backups()
    declare(
        Table(
            ProcrastinateJob,
            About.CUSTOMER,
            {"args": GIVEN, "lock": GIVEN, "queueing_lock": GIVEN},
            plain="queue_name task_name",
        ),
        Table(ProcrastinateEvent, About.NOBODY),
        Table(ProcrastinatePeriodicDefer, About.NOBODY, plain="task_name periodic_id"),
        Table(ProcrastinateWorker, About.NOBODY),
        Table(Revival, About.NOBODY),
    )


def _declare_governance() -> None:
    nobody = {
        AccessReview: "",
        Classification: "kind",
        ComplianceReport: "found",
        NetworkRange: "cidr note",
        ItemState: "item state why evidence next_check_on",
    }
    declare(
        *(Table(model, About.NOBODY, plain=plain) for model, plain in nobody.items()),
        # What happened has to be provable for years, also about those who were erased since.
        Table(
            DataIncident,
            About.STAFF,
            dict.fromkeys(
                ("title", "noticed_by", "description", "whose", "measures", "judgement", "told_whom"), PROVEN
            ),
            plain="pinyin search own happened_on",
        ),
        Table(
            ReviewLine,
            About.STAFF,
            dict.fromkeys(("label", "label_en", "place", "note"), PROVEN),
            plain="mark until rights fresh gone",
        ),
        Table(Risk, About.NOBODY, plain="pinyin search own title treatment review_on"),
        Table(Signature, About.STAFF, {"name": PROVEN, "address": PROVEN}, plain="digest"),
    )


def _declare_backups() -> None:
    declare(
        Table(BackupPlan, About.NOBODY),
        Table(BackupPlace, About.NOBODY, plain="label method server trouble detail"),
        Table(BackupRun, About.NOBODY, plain="what state set_id remark trouble detail"),
        Table(
            KeptSet,
            About.NOBODY,
            plain="set_id kind method parent release key_check remark trouble verdict",
        ),
        # Why data were brought back, and who agreed, has to be provable for years.
        Table(
            RestorePlan,
            About.STAFF,
            {"reason": PROVEN, "asked_by": PROVEN, "answered_by": PROVEN},
            plain="code set_id report",
        ),
    )

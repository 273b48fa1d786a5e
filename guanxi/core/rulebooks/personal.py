"""What this room keeps about people: words about duties towards customers, and how staff kept to the rules."""

from __future__ import annotations

from guanxi.base.kernel.personal import OF_CUSTOMER, About, Basis, Held, Kept, Purpose, Sort, Table, declare

from .models import (
    Clause,
    ClosedMonth,
    DayCheck,
    DayEnd,
    Duty,
    Guidance,
    PastSkipped,
    Proposal,
    Reading,
    Rule,
    Rulebook,
    Run,
    Tally,
    Version,
)

WORDS = Held(Sort.WORDS)
JUDGED = Held(Sort.WORDS, Purpose.EMPLOYMENT, Basis.LABOUR, Kept.EMPLOYED)


def register() -> None:
    said = ("purpose", "purpose_en", "postponed_why", "settled_note", "withdrawn_note")
    judged = ("decision", "appeal_text", "appeal_answer", "review_note")
    declare(
        Table(
            Duty,
            About.CUSTOMER,
            dict.fromkeys(said, WORDS),
            plain="subject_kind occurrence evidence_key",
            kind=Duty.KIND,
            of=OF_CUSTOMER,
        ),
        Table(
            Guidance,
            About.CUSTOMER,
            {"text": WORDS},
            of=f"duty_id IN (SELECT d.id FROM rulebooks_duty d WHERE d.{OF_CUSTOMER})",  # noqa: S608 (constants only)
        ),
        Table(
            Proposal,
            About.STAFF,
            dict.fromkeys(judged, JUDGED),
            plain="subject_kind confirmer_role month reversed_month",
        ),
        Table(DayCheck, About.STAFF, {"remark": JUDGED}, plain="day counts"),
    )
    _declare_the_rest()


def _declare_the_rest() -> None:
    nobody = {
        Clause: "key",
        ClosedMonth: "month",
        DayEnd: "day",
        PastSkipped: "subject_kind",
        Reading: "",
        Rule: "article article_en topic spec",
        Rulebook: "key title title_en",
        Run: "phase scope counts",
        Tally: "month",
        Version: "text source effective_on anchors_from until_on",
    }
    declare(*(Table(model, About.NOBODY, plain=plain) for model, plain in nobody.items()))

"""What this room keeps about people: staff, those who ask for an account, and what Django keeps of a sign-in."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from guanxi.base.kernel.personal import (
    ERASERS,
    About,
    Basis,
    Eraser,
    Held,
    Kept,
    Purpose,
    Sort,
    Table,
    declare,
    of_record,
)

from .erasing import erase_from_sessions
from .models import (
    Absence,
    Account,
    ApiBudget,
    ApiToken,
    CalendarDay,
    Departure,
    Grant,
    Permit,
    PermitRequest,
    Post,
    Reach,
    RecoveryCode,
    RegistrationRequest,
    Restriction,
    Role,
    SecondFactor,
    SessionOf,
    SignInAttempt,
    Staff,
    Stamp,
    Tally,
    Unit,
)


def _staff(sort: Sort, *, is_sensitive: bool = False) -> Held:
    return Held(sort, Purpose.EMPLOYMENT, Basis.LABOUR, Kept.EMPLOYED, is_sensitive)


SECRET = Held(Sort.SECRETS, Purpose.SECURITY, Basis.LABOUR, Kept.EMPLOYED)
ASKED = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.ASKED)
APPLIED = {
    "name": Held(Sort.NAME, Purpose.EMPLOYMENT, Basis.CONSENT, Kept.ASKED),
    "phone": Held(Sort.REACH, Purpose.EMPLOYMENT, Basis.CONSENT, Kept.ASKED),
    "department": Held(Sort.WORK, Purpose.EMPLOYMENT, Basis.CONSENT, Kept.ASKED),
    "remark": Held(Sort.WORDS, Purpose.EMPLOYMENT, Basis.CONSENT, Kept.ASKED),
    "answer": Held(Sort.WORDS, Purpose.EMPLOYMENT, Basis.CONSENT, Kept.ASKED),
}


def register() -> None:
    ERASERS.add(Eraser("sessions", erase_from_sessions))
    _declare_staff()
    _declare_permits()
    declare(
        Table(RegistrationRequest, About.APPLICANT, APPLIED, plain="state"),
        Table(Session, About.STAFF, {"session_key": SECRET, "session_data": SECRET}),
        Table(EmailAddress, About.STAFF, {"email": _staff(Sort.REACH)}),
        Table(EmailConfirmation, About.STAFF, {"key": SECRET}),
        Table(Group, About.NOBODY, plain="name"),
        Table(Permission, About.NOBODY, plain="name codename"),
        Table(Group.permissions.through, About.NOBODY),
        Table(ContentType, About.NOBODY, plain="app_label model"),
        Table(CalendarDay, About.NOBODY, plain="day name"),
        Table(Grant, About.NOBODY, plain="kind verb scope"),
        Table(Role, About.NOBODY, plain="key name name_en"),
        Table(Stamp, About.NOBODY, plain="key value"),
        Table(Unit, About.NOBODY, plain="name code kind region closed_on"),
    )


def _declare_staff() -> None:
    names = {"name": _staff(Sort.NAME), "pinyin": _staff(Sort.NAME)}
    reach = {"phone": _staff(Sort.REACH), "email": _staff(Sort.REACH)}
    work = {"number": _staff(Sort.WORK), "joined_on": _staff(Sort.WORK), "left_on": _staff(Sort.WORK)}
    sick = {"reason": _staff(Sort.WORDS, is_sensitive=True)}
    sick |= {"starts_on": _staff(Sort.WORK), "ends_on": _staff(Sort.WORK)}
    left = {"leaves_on": _staff(Sort.WORK), "note": _staff(Sort.WORDS), "cancelled_why": _staff(Sort.WORDS)}
    tried = Held(Sort.TRACES, Purpose.SECURITY, Basis.LAW, Kept.SHORT)
    declare(
        Table(Staff, About.STAFF, names | reach | work),
        Table(Account, About.STAFF, {"login": SECRET, "password": SECRET}, plain="language"),
        Table(ApiToken, About.STAFF, {"digest": SECRET, "name": SECRET}),
        Table(SignInAttempt, About.STAFF, {"key": tried}, plain="scope"),
        Table(Tally, About.STAFF, {"key": tried}, plain="scope"),
        Table(SessionOf, About.STAFF, {"session_key": SECRET}),
        Table(SecondFactor, About.STAFF, {"secret": SECRET}),
        Table(RecoveryCode, About.STAFF, {"digest": SECRET}, plain="label"),
        Table(ApiBudget, About.NOBODY),
        Table(Post, About.STAFF, {"starts_on": _staff(Sort.WORK), "ends_on": _staff(Sort.WORK)}),
        Table(Absence, About.STAFF, sick),
        Table(Departure, About.STAFF, left),
    )


def _declare_permits() -> None:
    declare(
        Table(
            PermitRequest,
            About.CUSTOMER,
            {"subject_label": ASKED, "purpose": ASKED, "answer": ASKED},
            plain="verb kind clause clause_en approver_role link state",
            of=of_record("kind", "subject_id"),
        ),
        Table(Permit, About.NOBODY, plain="verb kind"),
        Table(Reach, About.NOBODY, plain="kind level until why"),
        Table(
            Restriction,
            About.STAFF,
            {"reason": _staff(Sort.WORDS)},
            plain="kind verb clause clause_en permit_role",
        ),
    )

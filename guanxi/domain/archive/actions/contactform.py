"""Filling in, signing and correcting a first-contact form (FIL-02, FIL-03)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused, Stale
from guanxi.base.kernel.names import name_key
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import posts_of
from guanxi.base.records.changes import apply_changes, differing
from guanxi.base.records.indexing import tokens_vector
from guanxi.base.records.inserting import insert

from .. import events as told
from ..contact_access import access_contact_form
from ..custody import require_here
from ..models import ContactForm, ContactState, FormSheet, SheetState, TemplateKind
from ..templates_in_force import template_for

KIND = ContactForm.KIND
WRITABLE = ContactForm.CONTENT
OPEN = frozenset({"collected_on", "filled_by", "has_consent"})
OLDEST = 1900
SERIAL = re.compile(r"(?:.*-)?(\d{1,8})", re.ASCII)


@action("archive:contactform:created", _("%(who)s filled in a first-contact form."))
def create_contact_form(values: Mapping[str, Any], *, actor: Actor, sheet: str = "") -> ContactForm:
    """A draft in the hands of the actor, who collected it. `sheet`: the number of the paper, when there is one."""
    gate.ask(actor, "create", KIND)
    require_here(actor.staff_id)
    now, posts = clock.now(), posts_of(actor)
    form = ContactForm(template=template_for(str(TemplateKind.FIRST_CONTACT)), created_at=now, updated_at=now)
    form.collector_id = form.holder_id = actor.staff_id or 0
    form.unit_id = posts[0].unit_id if posts else None
    apply_changes(form, {k: v for k, v in values.items() if k in WRITABLE})
    require_begun(form)
    form.sheet = take_sheet(form, sheet)
    insert(form, words=words_of(form))
    trail.record(KIND, form.pk, actor=actor, changes={"collected_on": [None, str(form.collected_on)]})
    events.publish(Event(told.CONTACT_CREATED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:contactform:changed", _("%(who)s changed this first-contact form before signing it."))
def change_contact_form(form_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> ContactForm:
    gate.ask(actor, "update", KIND, form_id)
    form = _own_form(form_id, actor)
    if form.state != ContactState.DRAFT:
        raise Refused(_("This form is signed. To correct it, take the signature back first."), code="signed")
    wanted = {k: v for k, v in values.items() if k in WRITABLE}
    if form.version != version:
        theirs = {k: (getattr(form, k), v) for k, v in differing(form, wanted).items()}
        if theirs:
            raise Stale(version=form.version, theirs=theirs)
    changes = apply_changes(form, wanted)
    if not changes:
        trail.unchanged()
        return form
    require_begun(form)
    save(form)
    _record_change(form, changes, actor)
    events.publish(Event(told.CONTACT_CHANGED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:contactform:signed", _("%(who)s signed this first-contact form."))
def sign_contact_form(form_id: int, *, name: str, actor: Actor) -> ContactForm:
    """By typing the own name into the box at the top right. Whoever collected it signs it, and nobody else."""
    gate.ask(actor, "update", KIND, form_id)
    form = _own_form(form_id, actor)
    if form.state != ContactState.DRAFT:
        raise Refused(_("This form is signed already."), code="signed")
    require_whole(form)
    if name_key(name) != name_key(Staff.objects.get(id=actor.staff_id).name):
        raise Invalid({"signature": [_("Type your own name, as it stands in the list of staff, to sign.")]})
    form.state, form.signed_by_id, form.signed_at = ContactState.SIGNED, actor.staff_id, clock.now()
    form.signature = form.digest
    save(form)
    trail.record(KIND, form.pk, actor=actor, changes={"signature": [None, form.signature]})
    events.publish(Event(told.CONTACT_SIGNED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:contactform:unsigned", _("%(who)s took the signature back to correct this first-contact form."))
def void_signature(form_id: int, *, why: str, actor: Actor) -> ContactForm:
    """Only while it is still in the collector's hands; the corrected form is signed anew."""
    gate.ask(actor, "update", KIND, form_id)
    form = _own_form(form_id, actor)
    if form.state != ContactState.SIGNED:
        raise Refused(_("A form can be corrected while it is signed and still in your hands."), code="not_in_hand")
    if not why.strip():
        raise Invalid({"why": [_("Say what has to be corrected.")]})
    before = form.signature
    form.state, form.signed_by, form.signed_at, form.signature = ContactState.DRAFT, None, None, ""
    save(form)
    changes = {"signature": [before, None], "why": [None, why.strip()[:200]]}
    trail.record(KIND, form.pk, actor=actor, changes=changes)
    events.publish(Event(told.CONTACT_CHANGED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:contactform:removed", _("%(who)s removed a draft of a first-contact form."))
def remove_contact_form(form_id: int, *, why: str, actor: Actor) -> None:
    """What is signed is never removed: it is handed over, allocated and sealed."""
    gate.ask(actor, "delete", KIND, form_id)
    form = access_contact_form(actor, form_id, to="delete", lock=True)
    if form.state != ContactState.DRAFT:
        raise Refused(_("Only drafts can be removed; a signed form stays in custody."), code="signed")
    if not why.strip():
        raise Invalid({"why": [_("Say why this form is removed.")]})
    spoil_sheet(form)
    form.removed_at, form.sheet = clock.now(), None
    save(form)
    trail.record(KIND, form.pk, actor=actor, changes={"why": [None, why.strip()[:200]]})
    events.publish(Event(told.CONTACT_REMOVED, KIND, [form.pk]), actor=actor)


def _own_form(form_id: int, actor: Actor) -> ContactForm:
    form = access_contact_form(actor, form_id, to="update", lock=True)
    if form.collector_id != actor.staff_id:
        raise NotAllowed(_("Only the person who collected this form signs and corrects it."))
    return form


def require_begun(form: ContactForm) -> None:
    errors: dict[str, list[Any]] = {}
    if not form.name:
        errors["name"] = [_("Enter whose form this is.")]
    if not form.collected_on:
        errors["collected_on"] = [_("Enter the day of the contact.")]
    elif form.collected_on > clock.today():
        errors["collected_on"] = [_("This day lies in the future.")]
    if form.birth_year is not None and not OLDEST <= form.birth_year <= clock.today().year:
        errors["birth_year"] = [_("Enter a year such as 1950.")]
    if errors:
        raise Invalid(errors)


def require_whole(form: ContactForm) -> None:
    """All fields are to be filled in; "none" is an answer, an empty field is not."""
    empty = [name for name in ContactForm.CONTENT if getattr(form, name) in ("", None)]
    errors: dict[str, list[Any]] = {
        name: [_("Fill this in before you sign; write “none” where that is so.")] for name in empty
    }
    if not form.has_consent:
        errors["has_consent"] = [_("Without the person's consent the form cannot be signed.")]
    if errors:
        raise Invalid(errors)


def take_sheet(form: ContactForm, text: str) -> FormSheet | None:
    """A numbered sheet is used once, and by the person it was issued to."""
    if not text.strip():
        return None
    found = SERIAL.fullmatch(text.strip())
    issued = FormSheet.objects.select_for_update(of=("self",)).filter(
        code=form.template.code, issue__staff_id=form.collector_id, state=SheetState.OUT
    )
    sheet = issued.filter(serial=int(found[1])).first() if found else None
    if sheet is None:
        raise Invalid({"sheet": [_("No unused sheet with this number was issued to you.")]})
    sheet.state, sheet.settled_on = SheetState.USED, clock.today()
    sheet.save(update_fields=["state", "settled_on"])
    return sheet


def spoil_sheet(form: ContactForm) -> None:
    if form.sheet_id:
        FormSheet.objects.filter(id=form.sheet_id).update(state=SheetState.SPOILED, settled_on=clock.today())


def words_of(form: ContactForm) -> list[str]:
    """Sets the initials of the index, and gives what the search box finds."""
    form.initials = pinyin.initials(form.name)[:20].upper()
    return list(pinyin.search_tokens(form.name, phones=[form.phone] if form.phone else []))


def save(form: ContactForm) -> None:
    form.search = tokens_vector(words_of(form))
    form.version += 1
    form.updated_at = clock.now()
    form.save(force_update=True)
    form.search = None


def _record_change(form: ContactForm, changes: Mapping[str, Any], actor: Actor) -> None:
    """What a person answered is kept nowhere but on the form: the trail says which fields changed."""
    said = {name: change for name, change in changes.items() if name in OPEN}
    hidden = [name for name in changes if name not in OPEN]
    trail.record(KIND, form.pk, actor=actor, changes=said | ({"fields": [None, hidden]} if hidden else {}))

"""Addresses of first-contact forms, and of the lists with which forms are handed over."""

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls
from guanxi.core.customers.models import Customer

from .models import Allocation, ContactForm, FormIssue, FormTemplate, Transfer
from .screens import allocation, contactform, note, sealed, template, transfer
from .sealed import KIND as SEALED

shown_and_taken = require_http_methods(["GET", "HEAD", "POST"])
FORM, LIST, GIVEN = ContactForm.KIND, Transfer.KIND, Allocation.KIND
TEMPLATE, SET = FormTemplate.KIND, FormIssue.KIND
urlpatterns = [
    path("contact-forms/new", needs(FORM, "create")(shown_and_taken(contactform.new_form)), name="contactform-new"),
    *record_urls(contactform.CONTACT_FORMS),
    path(
        "contact-forms/<int:record_id>/edit",
        needs(FORM, "update")(shown_and_taken(contactform.edit_form)),
        name="contactform-edit",
    ),
    path(
        "contact-forms/<int:record_id>/correct",
        needs(FORM, "update")(shown_and_taken(contactform.correct)),
        name="contactform-correct",
    ),
    path(
        "contact-forms/<int:record_id>/remove",
        needs(FORM, "delete")(shown_and_taken(contactform.remove)),
        name="contactform-remove",
    ),
    path("transfers", needs(LIST, "read")(transfer.transfers), name="transfers"),
    path("transfers/new", needs(LIST, "create")(shown_and_taken(transfer.new_transfer)), name="transfer-new"),
    path("transfers/<int:transfer_id>", needs(LIST, "read")(transfer.transfer), name="transfer"),
    path("transfers/<int:transfer_id>/receive", needs(LIST, "update")(transfer.receive), name="transfer-receive"),
    path("transfers/<int:transfer_id>/cancel", needs(LIST, "update")(transfer.cancel), name="transfer-cancel"),
    path("transfers/<int:transfer_id>/print", needs(LIST, "read")(transfer.print_list), name="transfer-print"),
    path("allocations", needs(GIVEN, "read")(allocation.allocations), name="allocations"),
    path("allocations/new", needs(GIVEN, "create")(shown_and_taken(allocation.new_allocation)), name="allocation-new"),
    path("allocations/<int:allocation_id>", needs(GIVEN, "read")(allocation.allocation), name="allocation"),
    path("allocations/<int:allocation_id>/print", needs(GIVEN, "read")(allocation.print_list), name="allocation-print"),
    path("sealed", needs(SEALED, "read")(sealed.register), name="sealed"),
    path("sealed/new", needs(SEALED, "create")(shown_and_taken(sealed.new_sealing)), name="seal"),
    path("sealed/<int:form_id>", needs(SEALED, "read")(shown_and_taken(sealed.sealed_form)), name="sealed-form"),
    path("sealed/<int:form_id>/content", needs(SEALED, "read")(sealed.content), name="sealed-content"),
    path("sealed/openings/<int:opening_id>/close", needs(SEALED, "read")(sealed.reseal_form), name="sealed-close"),
    path("sealed/boxes/<int:box_id>/print", needs(SEALED, "read")(sealed.box_print), name="sealed-box-print"),
    path("form-templates", needs(TEMPLATE, "read")(template.templates), name="form-templates"),
    path(
        "form-templates/<int:template_id>",
        needs(TEMPLATE, "read")(require_GET(template.template)),
        name="form-template",
    ),
    path(
        "form-templates/<int:template_id>/version",
        needs(TEMPLATE, "create")(shown_and_taken(template.new_version)),
        name="form-version",
    ),
    path(
        "form-templates/<int:template_id>/issue",
        needs(SET, "create")(shown_and_taken(template.new_issue)),
        name="form-issue-new",
    ),
    path("form-issues/<int:issue_id>", needs(SET, "read")(shown_and_taken(template.issue)), name="form-issue"),
    path("form-issues/<int:issue_id>/print", needs(SET, "create")(template.issue_print), name="form-issue-print"),
    path(
        "customers/<int:customer_id>/notes/new",
        needs(Customer.KIND, "read")(shown_and_taken(note.write)),
        name="note-new",
    ),
    path("notes/<int:note_id>/remove", needs(Customer.KIND, "read")(note.remove), name="note-remove"),
]

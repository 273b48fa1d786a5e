from ninja import Query

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.asked import Asked
from guanxi.base.records.narrowing import Condition
from guanxi.base.records.reveal import reveals
from guanxi.domain.archive.access import access_file_form
from guanxi.domain.archive.actions import change_file_form, complete_file_form, remove_file_form
from guanxi.domain.archive.models import FileForm

from ..endpoint import Resource, needs, reads, writes
from ..interface import add
from ..masking import refuse_masked
from ..paging import ids_of_page, in_order
from ..schemas.file_forms import PEOPLE, FileFormChange, FileFormList, FileFormOut, FileFormPage, NewFileForm
from ..schemas.pieces import Why

KIND = FileForm.KIND
router = Resource()


@reads(router, "/file-forms", needs(KIND, "read"), returns=FileFormPage)
def file_forms_list(request: ActorRequest, query: Query[FileFormList]) -> FileFormPage:
    """Those within your scope, the last completed first."""
    actor = request.actor
    of_one = Condition("t.customer_id = %s", (query.customer,)) if query.customer else None
    ids, following = ids_of_page(
        KIND, Asked(where=query.where), actor=actor, at=query.at, limit=query.limit, besides=of_one
    )
    rows = FileForm.objects.kept().visible_to(actor).select_related(*PEOPLE).in_bulk(ids)
    return FileFormPage(items=[FileFormOut.of(f, actor) for f in in_order(rows, ids)], next=following)


@writes(router, "POST", "/file-forms", needs(KIND, "create"), returns=FileFormOut, status=201)
def file_forms_complete(request: ActorRequest, body: NewFileForm) -> FileFormOut:
    values = body.given()
    form = complete_file_form(values.pop("customer_id"), values, actor=request.actor)
    return shown(form.pk, request.actor)


@reads(router, "/file-forms/{int:form_id}", needs(KIND, "read"), returns=FileFormOut)
def file_forms_get(request: ActorRequest, form_id: int) -> FileFormOut:
    return shown(form_id, request.actor)


@writes(router, "PATCH", "/file-forms/{int:form_id}", needs(KIND, "update"), returns=FileFormOut)
def file_forms_change(request: ActorRequest, form_id: int, body: FileFormChange) -> FileFormOut:
    """Open duties follow the correction: re-dated, withdrawn or raised anew."""
    values = body.given()
    version = values.pop("version")
    if not reveals(request.actor, KIND, access_file_form(request.actor, form_id), owner="representative_id"):
        refuse_masked(values, kind=KIND)
    change_file_form(form_id, values, version=version, actor=request.actor)
    return shown(form_id, request.actor)


@writes(router, "DELETE", "/file-forms/{int:form_id}", needs(KIND, "delete"))
def file_forms_remove(request: ActorRequest, form_id: int, query: Query[Why]) -> None:
    """A reason is needed."""
    remove_file_form(form_id, actor=request.actor, why=query.why)


def shown(form_id: int, actor: Actor) -> FileFormOut:
    return FileFormOut.of(FileForm.objects.kept().select_related(*PEOPLE).access(actor, form_id), actor)


add(router, tag="file forms")

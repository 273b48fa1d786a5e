from django.db.models import Prefetch, Q
from ninja import Query

from guanxi.base.org.access import current_posts, staff_visible_to
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.keys import Cursor

from ..endpoint import Resource, needs, reads
from ..interface import add
from ..paging import opened, sealed
from ..schemas.staff import StaffList, StaffOut, StaffPage

KIND = "staff"
router = Resource()


@reads(router, "/staff", needs(KIND, "read"), returns=StaffPage)
def staff_list(request: ActorRequest, query: Query[StaffList]) -> StaffPage:
    """Colleagues who work here, by pinyin: whom duties and customers can be given to."""
    rows = staff_visible_to(request.actor).filter(left_on=None)
    if query.q:
        rows = rows.filter(Q(name__contains=query.q) | Q(pinyin__istartswith=query.q) | Q(number=query.q))
    if beside := opened(query.at, of=KIND):
        rows = rows.filter(Q(pinyin__gt=beside.value) | Q(pinyin=beside.value, id__gt=beside.id))
    posts = Prefetch("posts", current_posts().select_related("unit").order_by("-is_main", "id"))
    found = list(rows.prefetch_related(posts).order_by("pinyin", "id")[: query.limit + 1])
    page = found[: query.limit]
    following = sealed(Cursor(page[-1].pinyin, page[-1].pk), of=KIND) if len(found) > query.limit else ""
    return StaffPage(items=[StaffOut.of(staff) for staff in page], next=following)


add(router, tag="staff")

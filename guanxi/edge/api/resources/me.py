from guanxi.base.org.models import Account
from guanxi.base.org.scopes import grants_of, posts_of
from guanxi.base.org.web import ActorRequest

from ..endpoint import SIGNED_IN, Resource, reads
from ..interface import add
from ..schemas.me import Me, Post, Right
from ..schemas.pieces import Named

router = Resource()


@reads(router, "/me", SIGNED_IN, returns=Me)
def me(request: ActorRequest) -> Me:
    """Who this token speaks for, and what it may do."""
    actor = request.actor
    login = Account.objects.values_list("login", flat=True).get(pk=actor.account_id)
    rights = sorted({(r.kind, r.verb, r.scope) for r in grants_of(actor)})
    return Me(
        login=login,
        staff=Named(id=actor.staff_id, name=actor.label) if actor.staff_id else None,
        via=actor.via,
        language=actor.language,
        posts=[Post(unit_id=p.unit_id, role=p.role) for p in posts_of(actor)],
        rights=[Right(kind=k, verb=v, scope=s) for k, v, s in rights],
    )


add(router, tag="me")

"""By somebody who has the key, or by a program that went wrong."""

from __future__ import annotations

from guanxi.edge.ops.backups import chains
from tests.backup.damage import Kept, database, planted
from tests.backup.forging import Forger, append, inside, zip_up


def _bytes(member: object) -> bytes:
    return member if isinstance(member, bytes) else b""


@planted("an edited manifest", "The manifest was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest_text(kept.full.id, lambda value: value.update(finished_at="2020-01-01T00:00:00+00:00"))
    return kept.full.id


@planted("a manifest that is none", "The manifest cannot be read")
def _(kept: Kept, forger: Forger) -> str:
    forger.put(chains.place(kept.full.id, chains.MANIFEST), b'["nothing"]')
    return kept.full.id


@planted("the manifest of a set with another name, sealed anew", "It says that it is of the set")
def _(kept: Kept, forger: Forger) -> str:
    text = forger.read(chains.place(kept.other.id, chains.MANIFEST))
    forger.put(chains.place(kept.full.id, chains.MANIFEST), text)
    return kept.full.id


@planted("an edited key check", "was sealed with the key 00")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, key_check="00" * 8)
    return kept.full.id


@planted("a parent that is another set of that name", "was made on another set of that name")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, remark="made anew")
    return kept.first.id


@planted("links in the wrong order", "it was made before it|was made on another set")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=kept.other.id, parent_digest=kept.other.digest)
    return kept.first.id


@planted("a link left out", "The links do not fit together|not fit on", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.second.id, parent=kept.full.id, parent_digest=kept.full.digest)
    return kept.second.id


@planted("an increment that stands on itself", "does not fit on|never ends")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=kept.first.id)
    return kept.first.id


@planted("an increment without a parent", "says nothing of what it stands on")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=None, parent_digest="")
    return kept.first.id


@planted("a link of another database", "it is of another database")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, system_identifier="7000000000000000000")
    return kept.first.id


@planted("a link of another timeline", "it is of timeline 9")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, timeline=9)
    return kept.first.id


@planted("a set of a newer release", "Install that one first")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, release="99.0.0")
    return kept.full.id


@planted("the files of another server", "holds the files of PostgreSQL 19")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, server_version=190000)
    return kept.full.id


@planted("another content than the manifest lists", "database.tar.gz is not what was written", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(database(kept.full), forger.read(database(kept.other)))
    return kept.full.id


@planted("the server's manifest of another set", "is not the manifest of")
def _(kept: Kept, forger: Forger) -> str:
    name = chains.SERVER_MANIFEST
    forger.part(kept.full.id, name, forger.read(chains.place(kept.other.id, name)))
    return kept.full.id


@planted("a changed page of a table", "is not what the server wrote")
def _(kept: Kept, forger: Forger) -> str:
    with forger.tar(kept.other.id) as members:
        name = max((n for n in members if n.startswith("base/")), key=lambda n: len(_bytes(members[n])))
        members[name] = inside(_bytes(members[name]), at=5000)
    return kept.other.id


@planted("a table left out", "is not what the server wrote", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    with forger.tar(kept.other.id) as members:
        del members[max((n for n in members if n.startswith("base/")), key=lambda n: len(_bytes(members[n])))]
    return kept.other.id


@planted("a member twice", "holds 'PG_VERSION' twice")
def _(kept: Kept, forger: Forger) -> str:
    content = append(forger.unpacked(kept.other.id, chains.DATABASE), "PG_VERSION", b"17\n")
    forger.part(kept.other.id, chains.DATABASE, zip_up(content))
    return kept.other.id


@planted("a member outside the database", "belongs in no database", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    content = append(forger.unpacked(kept.other.id, chains.DATABASE), "../../evil", b"x")
    forger.part(kept.other.id, chains.DATABASE, zip_up(content))
    return kept.other.id


@planted("more after the end", "goes on after its end")
def _(kept: Kept, forger: Forger) -> str:
    forger.part(kept.other.id, chains.DATABASE, forger.read(database(kept.other)) + b"more")
    return kept.other.id


@planted("half an archive", "ends too early", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.part(kept.other.id, chains.DATABASE, forger.read(database(kept.other))[:-500])
    return kept.other.id


@planted("a list with a file outside its place", "names a file outside its place", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    text = forger.unpacked(kept.full.id, chains.FILES).replace(b'"path": "', b'"path": "../', 1)
    forger.part(kept.full.id, chains.FILES, zip_up(text))
    return kept.full.id


@planted("a dump of something else", "is not what was dumped")
def _(kept: Kept, forger: Forger) -> str:
    made = chains.read(forger.store, kept.dump.id)
    forger.manifest(kept.dump.id, tables=made.tables | {"public.customer": "7:7"})
    return kept.dump.id

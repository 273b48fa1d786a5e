"""By whoever reaches the store, or by a failing disk."""

from __future__ import annotations

import shutil

from guanxi.edge.ops.backups import chains
from tests.backup.damage import Kept, attached, database, planted
from tests.backup.forging import Forger, another_key


@planted("a flipped bit in the database", "database.tar.gz was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.full))
    return kept.full.id


@planted("a flipped bit in the head of an object", "was sealed with the key|is not a sealed object")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.full), at=0.0)
    return kept.full.id


@planted("a database cut off", "database.tar.gz was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(database(kept.full))
    return kept.full.id


@planted("an empty object", "database.tar.gz is not a sealed object")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(database(kept.full), to=0)
    return kept.full.id


@planted("a database that is gone", "database.tar.gz is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(database(kept.full))
    return kept.full.id


@planted("a flipped bit in a link in the middle", "incremental-.*database.tar.gz was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.first))
    return kept.second.id


@planted("databases exchanged between sets", "database.tar.gz was altered or cut off", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(database(kept.full), database(kept.other))
    return kept.other.id


@planted("a flipped bit in a file", "objects/[0-9a-f]{64} was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(attached(kept))
    return kept.full.id


@planted("a file that is gone", "objects/[0-9a-f]{64} is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(attached(kept))
    return kept.full.id


@planted("a file in place of another", "objects/[0-9a-f]{64} was altered", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(attached(kept, 0), attached(kept, 1))
    return kept.full.id


@planted("a flipped bit in the manifest", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(chains.place(kept.full.id, chains.MANIFEST), at=0.9)
    return kept.full.id


@planted("a manifest cut off", "manifest.json was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(chains.place(kept.full.id, chains.MANIFEST))
    return kept.full.id


@planted("the manifest of another set", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(*(chains.place(one.id, chains.MANIFEST) for one in (kept.full, kept.other)))
    return kept.full.id


@planted("a set with another name", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    name = kept.full.id.replace("full", "best")
    forger.path(f"sets/{kept.full.id}").rename(forger.path(f"sets/{name}"))
    return name


@planted("a missing link", "stands on .*full.*, which is missing")
def _(kept: Kept, forger: Forger) -> str:
    shutil.rmtree(forger.path(f"sets/{kept.full.id}"))
    return kept.second.id


@planted("the server's own manifest is gone", "backup_manifest.gz is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(chains.place(kept.full.id, chains.SERVER_MANIFEST))
    return kept.full.id


@planted("another key", "was sealed with the key", store=another_key)
def _(kept: Kept, forger: Forger) -> str:
    return kept.full.id


@planted("a cut dump", "database.dump was altered or cut off", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(chains.place(kept.dump.id, chains.DUMP))
    return kept.dump.id

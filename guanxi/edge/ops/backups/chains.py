"""Sets as they lie on the store, and what an incremental one stands on. Every link is judged by itself: the program
that combines them checks that they fit together, not that each is what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .sets import BackupSet, Damaged, Kind, Method, Store, Stored

MANIFEST, VERIFIED = "manifest.json", "verified.json"
DATABASE, SERVER_MANIFEST = "database.tar.gz", "backup_manifest.gz"
DUMP = "database.dump"
FILES, CONFIGURATION, HEADS = "files.json.gz", "configuration.json", "heads.gz"
LEDGER = "ledger.gz"
LONGEST = 1000


def place(set_id: str, name: str = "") -> str:
    return f"sets/{set_id}/{name}"


def ids(store: Store) -> list[str]:
    """Of the finished sets, oldest first. One without its manifest was cut off and is none."""
    names = store.names("sets/")
    return sorted({name.split("/")[1] for name in names if name.endswith(f"/{MANIFEST}") and name.count("/") == 2})


def read(store: Store, set_id: str) -> BackupSet:
    """Raises Damaged."""
    name = place(set_id, MANIFEST)
    try:
        text = b"".join(store.get(name)).decode()
        found = BackupSet.from_json(text)
    except UnicodeDecodeError as error:
        raise Damaged(f"{name}: The manifest cannot be read.") from error
    except Damaged as problem:
        raise Damaged(f"{name}: {problem}") from problem
    if found.id != set_id:
        raise Damaged(f"{name}: It says that it is of the set {found.id}. Sets must not be renamed or exchanged.")
    return found


def readable(store: Store) -> list[BackupSet]:
    """All that can be read, oldest first; a damaged one must not hide the others."""
    found = []
    for set_id in ids(store):
        try:
            found.append(read(store, set_id))
        except Damaged:
            continue
    return sorted(found, key=lambda one: (one.started_at, one.id))


def chain(store: Store, last: BackupSet) -> list[BackupSet]:
    """From the full one to this. Raises Damaged when a link is missing, another, or in the wrong order."""
    links = [last]
    while links[0].parent:
        links.insert(0, _parent(store, links[0]))
        if len(links) > LONGEST:
            raise Damaged(f"{last.id}: Its chain never ends.")
    if links[0].kind is not Kind.FULL:
        raise Damaged(f"{links[0].id}: It is {links[0].kind}, but says nothing of what it stands on.")
    return links


def _parent(store: Store, child: BackupSet) -> BackupSet:
    assert child.parent is not None
    if child.kind is Kind.FULL or child.method is not Method.PHYSICAL:
        raise Damaged(f"{child.id}: A full backup stands on no other, this one says {child.parent}.")
    if place(child.parent, MANIFEST) not in store.names(place(child.parent)):
        raise Damaged(f"{child.id} stands on {child.parent}, which is missing. Without it, it cannot be restored.")
    parent = read(store, child.parent)
    for problem in _misfits(child, parent):
        raise Damaged(f"{child.id} does not fit on {parent.id}: {problem}.")
    return parent


def _misfits(child: BackupSet, parent: BackupSet) -> Iterator[str]:
    if child.parent_digest != parent.digest:
        yield "it was made on another set of that name"
    if child.system_identifier != parent.system_identifier:
        yield f"it is of another database ({child.system_identifier}, not {parent.system_identifier})"
    if child.timeline != parent.timeline:
        yield f"it is of timeline {child.timeline}, not {parent.timeline}"
    if position(child.start_lsn) < position(parent.start_lsn) or child.started_at < parent.finished_at:
        yield "it was made before it"
    if child.kind is Kind.DIFFERENTIAL and parent.kind is not Kind.FULL:
        yield "a differential one stands on a full one only"


def position(lsn: str) -> int:
    """Raises Damaged for what is no place in a log."""
    try:
        high, low = lsn.split("/")
        return int(high, 16) << 32 | int(low, 16)
    except ValueError as error:
        raise Damaged(f"{lsn!r} is no place in a log.") from error


def part(made: BackupSet, name: str) -> Stored:
    """Raises Damaged when the set does not list it."""
    wanted = place(made.id, name)
    for stored in made.objects:
        if stored.name == wanted:
            return stored
    raise Damaged(f"{made.id} lists no {name}.")


def checked(store: Store, stored: Stored) -> Iterator[bytes]:
    """The object's bytes; at the end they are what was written, or Damaged is raised."""
    digest, size = hashlib.sha256(), 0
    for chunk in store.get(stored.name):
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    if size != stored.size or digest.hexdigest() != stored.sha256:
        raise Damaged(
            f"{stored.name} is not what was written: {size} bytes with the digest {digest.hexdigest()[:12]}, "
            f"the set lists {stored.size} with {stored.sha256[:12]}."
        )

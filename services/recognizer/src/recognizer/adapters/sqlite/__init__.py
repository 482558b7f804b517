"""The local family: SQLite and a folder. Several processes may use one folder at once.

What is on disk::

    recognizer.db        records, embeddings, sightings, tracks, crops, videos, devices with their
                         latest report, sessions, what was counted each day, the audit log, the
                         file name of every photo, and of those to be removed
                         (WAL, synchronous=FULL, secure_delete)
    photos/<random>      a photo's bytes as sent; the name is never used twice
    videos/<key>         a stored segment
    partial/<random>     what is being written; never read
    orphaned/<time>/photos/<random>
    orphaned/<time>/videos/<key>
                         photos and videos that no record named at a start at that time
    reserve              4 MiB that a deletion may use when the disk is full
    in-use.lock          held shared by every process that has the folder open
    opening.lock         held while a process opens the folder

In which order, so that a kill at any moment leaves nothing half:

1. A file appears whole or not at all: written to ``partial``, synced, renamed into place, and its
   folder synced. (``files``)
2. A photo's file is in place before the transaction that names it commits; so a named photo has
   its bytes. A kill in between leaves a file that nobody names.
3. A deletion commits first and removes files afterwards; the same transaction notes their names,
   so the next start removes what a kill left. Because a file's name is never used twice, removing
   it can't hit a later photo.
4. A change of embeddings and the gallery's new version are one transaction; so are a person's
   record, faces, sightings and crops when the person is deleted, or merged with another.
5. A segment is renamed into place only after its size and SHA-256 were found right; then it is
   marked stored. A kill in between leaves a whole file and the mark missing: whoever asks next
   (``VideoStore.is_stored``) finds the file. A segment is removed in three steps: its row is marked
   (``removing``), its file is removed, its row is deleted. A kill in between leaves a mark, and the
   next start finishes the removal.
6. An answer is given after the commit, and a commit is on disk (synchronous=FULL). Nothing is
   committed when the database's file is not the one that was opened.
7. On a full disk the sightings and crops of a person who is deleted go some at a time before the
   rest; the person is there until then, so an interrupted deletion is repeated.

What a start does: it is refused when the database is missing and there are photos or videos. If no
other process holds the folder, everything in ``partial`` and every photo file that a deletion noted
is removed; a photo or video that no record names is moved to ``orphaned``, and deleted from there
after 30 days; one there that a record names again is moved back. With another process at work
nothing is moved, since the file may be one that it is about to name. See ADR 0029.
"""

from recognizer.adapters.sqlite.opening import LocalStores, open_local

__all__ = ["LocalStores", "open_local"]

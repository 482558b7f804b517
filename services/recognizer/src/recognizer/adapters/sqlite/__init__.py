"""The local store: SQLite and a folder. Several processes may use one folder at once.

Files on disk::

    recognizer.db        records, embeddings, sightings, tracks, crops, videos, devices with their
                         latest report, sessions, daily counts, the audit log, the file names of
                         all photos and of the photos to be removed
                         (WAL, synchronous=FULL, secure_delete)
    photos/<random>      a photo's bytes as sent; a name is never used twice
    videos/<key>         a stored segment
    partial/<random>     a file while it is written; never read
    orphaned/<time>/photos/<random>
    orphaned/<time>/videos/<key>
                         photos and videos that no record named at a start; <time> is that start
    reserve              4 MiB that a deletion may use when the disk is full
    in-use.lock          held as a shared lock by every process that has the folder open
    opening.lock         held while a process opens the folder

Crash invariants. A kill at any time leaves a consistent store, because writes have this order:

1. A file appears whole or not at all. It is written to ``partial``, synced and renamed into place;
   then its folder is synced (``files``).
2. A photo's file is in place before the transaction that names it commits. So every named photo has
   its bytes. A kill in between leaves a file that no record names.
3. A deletion commits first and removes files afterwards. The same transaction records the file
   names, so the next start removes files that a kill left. A file name is never used twice, so this
   can't remove a later photo.
4. One transaction changes embeddings and the gallery's version. One transaction changes a person's
   record, faces, sightings and crops when the person is deleted or merged with another.
5. A segment is renamed into place only after its size and SHA-256 were verified. Then its row is
   set to stored. A kill in between leaves a whole file and a row that is not set; the next call of
   ``VideoStore.is_stored`` finds the file. A removal has three steps: set ``removing`` in the row,
   remove the file, delete the row. After a kill in between, the next start finishes the removal.
6. A request is answered after its commit, and a commit is on disk (synchronous=FULL). Nothing is
   committed when the database's file is not the one that was opened.
7. On a full disk, a person's sightings and crops are deleted in small batches before the rest. The
   person exists until the last step, so an interrupted deletion can be repeated.

A start fails when the database is missing and there are photos or videos. If no other process holds
the folder, a start removes everything in ``partial`` and every photo file that a deletion recorded.
It moves a photo or video that no record names to ``orphaned``, moves it back when a record names it
again, and deletes it after 30 days. While another process holds the folder nothing is moved, since
that process may be about to name the file. See ADR 0029.
"""

from recognizer.adapters.sqlite.opening import LocalStores, open_local

__all__ = ["LocalStores", "open_local"]

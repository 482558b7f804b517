"""The queue of finished segments, on disk; it survives kill -9 and power cuts.

The folder contains::

    20260102T030405.678901Z.part                   being written; partial if nobody writes it
    20260102T030405.678901Z.recovering             being recovered from a partial file; never read
    20260102T030405.678901Z-10000ms-<sha256>.mp4   queued: finished, not confirmed by the store
    uploaded/20260102T030405.678901Z-…             confirmed, and kept until its room is needed
    partial/20260102T030405.678901Z.part           not recoverable; the newest ten are kept
    losses.jsonl                                   the loss journal

So the folder is the index: a file's name holds everything that is known of its segment. These
rules hold, so that a kill or a power cut at any moment loses no finished segment and no loss is
miscounted:

1. A segment is in the queue whole or not at all. Its file is synced to the disk, then renamed, then
   its folder is synced.
2. A partial file is never queued. Its undamaged frames are copied into a file of its own; that is
   queued as by rule 1, under its shorter length, and only then the partial file is deleted. After
   a kill in between, the next recovery makes the same file under the same name.
3. A segment leaves the queue only when the store has repeated its checksum, or when it is dropped
   with the user's permission. Its deletion is not synced: a confirmed segment that a power cut
   brings back is announced again, and the store answers that it has it.
4. A drop is synced to the loss journal before the file is deleted. After a kill in between, the
   next start deletes the file. So a drop is counted once.
5. A pause is recorded when it begins, and again with its length when it ends. A pause that a kill
   ended counts until the next start, because its end is unknown: too much, never too little.
6. An incomplete line of the journal does not count: what it describes had not been done yet.
7. The oldest uploaded segments are dropped first; then, only with the user's permission, the oldest
   queued ones that are not being sent. If that can't make enough room, nothing is dropped and
   ``SpoolFull`` is raised.

A kill costs at most the fragment that was being written. A power cut costs at most what was not
synced yet: the open segment.
"""

from pi_recorder.spool.inspection import SpoolState
from pi_recorder.spool.quota import Dropped, QuotaPolicy
from pi_recorder.spool.segment import Segment
from pi_recorder.spool.spool import Recovered, Spool

__all__ = ["Dropped", "QuotaPolicy", "Recovered", "Segment", "Spool", "SpoolState"]

"""The queue of finished segments, on disk; it survives kill -9 and power cuts.

What is on disk::

    20260102T030405.678901Z.part                   being written; torn if nobody writes it
    20260102T030405.678901Z.mending                made of a torn file; never read
    20260102T030405.678901Z-10000ms-<sha256>.mp4   queued: finished, not confirmed by the store
    uploaded/20260102T030405.678901Z-…             confirmed, and kept until its room is needed
    torn/20260102T030405.678901Z.part              nothing in it was whole; the newest ten
    losses.jsonl                                   what was dropped, or not filmed, for want of room

So the folder is the index: a name holds all that is known of its segment. What holds, so that a
kill or a power cut at any moment loses nothing finished and tells no lie:

1. A segment is in the queue whole or not at all. Its file is written through to the disk, then
   renamed, then its folder is written through.
2. A torn file never gets into the queue. What is whole in it, up to its last picture, is copied
   into a file of its own; that is queued as by 1, under the shorter length that it has, and only
   then the torn one is deleted. A kill in between finds the torn one again, and makes of it the
   same file under the same name.
3. A segment leaves the queue only when the store has repeated its checksum, or when it is dropped
   by the user's leave. Its deletion is not written through: a confirmed segment that a power cut
   brings back is announced again, and the store says that it has it.
4. A drop is written down, and through to the disk, before the file is deleted. A kill in between
   leaves both, and the next start deletes the file. So a drop is counted once.
5. A pause is written down when it begins, and again with its length when it ends. One that a kill
   ended counts until the next start, for nobody knows when it ended: too much, never too little.
6. A line that was torn is no line: what it tells of had not been done yet.
7. Room is made by the oldest uploaded; then, by the user's leave only, by the oldest queued that is
   not being sent. Where that can't make room enough, nothing is dropped and ``SpoolFull`` says so.

A kill costs at most the fragment that was being written. A power cut can cost what the system had
not written through yet: at most the segment that was open.
"""

from pi_recorder.spool.inspection import SpoolState
from pi_recorder.spool.quota import Dropped, QuotaPolicy
from pi_recorder.spool.segment import Segment
from pi_recorder.spool.spool import Recovered, Spool

__all__ = ["Dropped", "QuotaPolicy", "Recovered", "Segment", "Spool", "SpoolState"]

"""The AWS family: DynamoDB and S3 through boto3.

What is kept where (``→`` is what a read by that key answers)::

    people      label                 → the record; GSI by_label (listed, label) lists them
    faces       label, photo_id       → photo, embedding (float32, little-endian), its object's name
    gallery     "version", 0          → the gallery's version, and how many faces there are
                "change", version     → what happened in that version: the log
                "snapshot", 0         → which object holds the gallery, at which version
    sightings   device#NAME, moment   → the sighting; GSIs by_time (shard, moment), which lists all,
                                        and by_visit (visit, moment), for what has a track. With
                                        ``corrected`` if a person decided about it
                label#LABEL, moment   → a copy of a match, so that a person's are found at once
                tracks#DEVICE, moment → a track, by its start; it names nobody, and no index has it
                long tracks#DEVICE, moment → a copy of one that lasts more than ten minutes
    crops       label#LABEL, id       → a crop of a match, with its JPEG
                visit#VISIT, id       → one of an unknown person's; GSI by_time (shard, moment)
                lists
                                        those of all visits, without the JPEG
                "ignored", id         → whose crops are not kept
                "ignored picture", id → the JPEG to know the person by
    videos      key                   → the segment; GSIs by_time (shard, moment) and
                                        by_device (device, moment); one whose removal is begun
                                        (``removing``) is in neither
    devices     "token", hash         → the device, with its latest report
                "name", name          → the hash of its token
                "admin", "token"      → the hash of the admin's
                "audit", moment       → an entry of the audit log
                "session", hash       → who has signed in to the console, and until when
                "tally", day          → what was counted on that day in UTC, an attribute a count

    videos bucket   KEY                    a segment, put there by a presigned request
    faces bucket    photos/LABEL/RANDOM    a photo's bytes as sent; a name is never used twice
                    gallery/VERSION-RANDOM a snapshot of the gallery

Keys are called: people ``label``; faces ``label``, ``photo_id``; gallery ``part``, ``number``;
sightings ``owner``, ``moment``; crops ``owner``, ``id``; videos ``key``; devices ``kind``, ``id``.
A ``moment`` is a time in microseconds and an id, so that it sorts; a shard is one of a few, so that
no single partition takes all writes. Sightings, tracks, crops, videos, sessions, tallies and the
audit log's entries expire by ``expires_at``, in seconds since 1970. No scan is on a request's path:
the faces are scanned only where no snapshot is there yet, and by the command that embeds all photos
again.

What holds at any moment, also after a kill:

1. A change of embeddings is one transaction: the face, the person's count, the gallery's version
   (on the condition that it is the one that was looked at) and the log's entry.
2. A photo's object is in place before the transaction that names it. A kill in between leaves an
   object that nobody names; it goes with the person, since its name begins with the label.
3. A deletion commits by marking the record as deleted, with the log's entry; from then on nobody is
   found under the label, and nothing can be added under it. Then faces, sightings, crops, pictures
   and snapshots go, each batch on the condition that the mark is still there; the record goes last.
   Whoever deletes the person again, or makes one of that label, finishes what was left.
4. A merge commits by a deletion's mark that also says who gets everything, and by a mark on that
   one's record, with the log's entry. Then photos, sightings and crops move, each on the condition
   that the mark is still there; the marks go last. Whoever next writes, merges or deletes one of
   the two finishes what was left.
5. A sighting or a crop is named on the condition that the person is there.
6. The log holds no embedding: whoever reads it reads the face itself, or finds it gone.
7. A segment is removed in three steps: its item is marked, its object is deleted, its item is
   deleted. Whoever removes it again finishes what was left.
8. A snapshot older than the newest removal is replaced at once by who removed, else by who loads.
"""

from recognizer.adapters.aws.opening import open_aws

__all__ = ["open_aws"]

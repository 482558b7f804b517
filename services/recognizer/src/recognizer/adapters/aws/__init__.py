"""The AWS store: DynamoDB and S3 through boto3.

The tables and their keys (``→`` is what a read by that key returns)::

    people      label                 → the record; GSI by_label (listed, label) lists them
    faces       label, photo_id       → photo, embedding (float32, little-endian), its object's name
    gallery     "version", 0          → the gallery's version, and the number of faces
                "change", version     → the change that made that version: the log
                "snapshot", 0         → the manifest: the object of the gallery, and its version
    sightings   device#NAME, moment   → the sighting; GSIs by_time (shard, moment), for all, and
                                        by_visit (visit, moment), for those with a track. It has
                                        ``corrected`` if a person decided about it
                label#LABEL, moment   → a copy of a match, to list a person's sightings
                tracks#DEVICE, moment → a track, by its start; it names nobody, and no index has it
                long tracks#DEVICE, moment → a copy of a track of more than ten minutes
    crops       label#LABEL, id       → a crop of a match, with its JPEG
                visit#VISIT, id       → a crop of an unknown person; GSI by_time (shard, moment)
                                        lists those of all visits, without the JPEG
                "ignored", id         → an ignored face, whose crops are not kept
                "ignored picture", id → the JPEG that shows this face
    videos      key                   → the segment; GSIs by_time (shard, moment) and
                                        by_device (device, moment); a segment whose removal began
                                        (``removing``) is in neither
    devices     "token", hash         → the device, with its latest report
                "name", name          → the hash of its token
                "admin", "token"      → the hash of the admin token
                "audit", moment       → an entry of the audit log
                "session", hash       → a console session and its expiry
                "counters", day       → the counts of that day in UTC, one attribute for each

    videos bucket   KEY                    a segment, uploaded by a presigned request
    faces bucket    photos/LABEL/RANDOM    a photo's bytes as sent; a name is never used twice
                    gallery/VERSION-RANDOM a snapshot of the gallery

Key attributes: people ``label``; faces ``label``, ``photo_id``; gallery ``part``, ``number``;
sightings ``owner``, ``moment``; crops ``owner``, ``id``; videos ``key``; devices ``kind``, ``id``.
``moment`` is a sort key: a time in microseconds and an id. ``shard`` is one of a few partitions of
an index, so that no single partition takes all writes. Sightings, tracks, crops, videos, sessions,
counters and audit entries expire by ``expires_at``, in seconds since 1970. No request scans a
table. The faces are scanned only if there is no snapshot yet, and by the command that embeds all
photos again.

Crash invariants. These hold at any time, also after a kill:

1. One transaction changes embeddings: the face, the person's count, the gallery's version (on the
   condition that it is the version that was read) and the log's entry.
2. A photo's object is in place before the transaction that names it. A kill in between leaves an
   object that no item names. It is deleted with the person, since its name begins with the label.
3. A deletion commits by a tombstone in the record, together with the log's entry. From then on the
   label is not found, and nothing can be added under it. Then faces, sightings, crops, pictures and
   snapshots are deleted, each batch on the condition that the tombstone is still there. The record
   is deleted last. The next call that deletes this person, or creates one with this label, finishes
   an interrupted deletion.
4. A merge commits by two tombstones, together with the log's entry: the source's record names the
   target, and the target's record names the source. Then photos, sightings and crops move, each on
   the condition that the tombstone is still there. The tombstones are removed last. The next call
   that writes, merges or deletes one of the two finishes an interrupted merge.
5. A sighting or crop gets a person's label only on the condition that the person exists.
6. The log holds no embedding. Its reader reads the face's item, which may have been deleted.
7. A removal of a segment has three steps: set ``removing`` in its item, delete its object, delete
   its item. The next call that removes the segment finishes an interrupted removal.
8. A removal at once replaces a snapshot that is older than it. If that fails, the next load does.
"""

from recognizer.adapters.aws.opening import open_aws

__all__ = ["open_aws"]

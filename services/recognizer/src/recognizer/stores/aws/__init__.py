"""The AWS family: DynamoDB and S3 through boto3.

What is kept where (``→`` is what a read by that key answers)::

    people      label                 → the record; GSI by_label (listed, label) lists them
    faces       label, photo_id       → photo, embedding (float32, little-endian), its object's name
    gallery     "version", 0          → the gallery's version, and how many faces there are
                "change", version     → what happened in that version: the log
                "snapshot", 0         → which object holds the gallery, at which version
    sightings   device#NAME, moment   → the sighting; GSI by_time (shard, moment) lists all
                label#LABEL, moment   → a copy of a match, so that a person's are found at once
    videos      key                   → the segment; GSIs by_time (shard, moment) and
                                        by_device (device, moment)
    devices     "token", hash         → the device
                "name", name          → the hash of its token
                "admin", "token"      → the hash of the admin's

    videos bucket   KEY                    a segment, put there by a presigned request
    faces bucket    photos/LABEL/RANDOM    a photo's bytes as sent; a name is never used twice
                    gallery/VERSION-RANDOM a snapshot of the gallery

Keys are called: people ``label``; faces ``label``, ``photo_id``; gallery ``part``, ``number``;
sightings ``owner``, ``moment``; videos ``key``; devices ``kind``, ``id``. A ``moment`` is a time in
microseconds and an id, so that it sorts; a shard is one of a few, so that no single partition takes
all writes. Sightings and videos expire by ``expires_at``, in seconds since 1970. No scan is on a
request's path: the faces are scanned only where no snapshot is there yet, and by the command that
embeds all photos again.

What holds at any moment, also after a kill:

1. A change of embeddings is one transaction: the face, the person's count, the gallery's version
   (on the condition that it is the one that was looked at) and the log's entry.
2. A photo's object is in place before the transaction that names it. A kill in between leaves an
   object that nobody names; it goes with the person, since its name begins with the label.
3. A deletion commits by marking the record as deleted, with the log's entry; from then on nobody is
   found under the label, and nothing can be added under it. Then faces, pictures, sightings and
   snapshots go, each batch on the condition that the mark is still there; the record goes last.
   Whoever deletes the person again, or makes one of that label, finishes what was left.
4. A sighting is named on the condition that the person is there.
5. The log holds no embedding: whoever reads it reads the face itself, or finds it gone.
6. A snapshot older than the newest removal is replaced at once by who removed, else by who loads.
"""

from recognizer.stores.aws.opening import open_aws

__all__ = ["open_aws"]

"""Who is in front of the camera: asked seldom, answered soon.

Data flows one way; a person's way past the camera is one *visit*::

    newest frame ─ motion gate ─ face gate ─ tracker ─ visits ─ line ─► recognizer
                                                 events ◄─┘◄── answers ─┘

- ``loop.py``          chooses the way: ``track``, ``interval`` or ``off``
- ``motion.py``        does anything move? Costs next to nothing
- ``face.py``          a face in one frame, and what finds it
- ``device_faces.py``  finds faces on the device; the only module that loads facecore's vision
- ``tracker.py``       which face is the one of a moment ago
- ``shots.py``         how good a shot is, and when a visit is worth a question
- ``vote.py``          several answers about one person → one verdict
- ``visit.py``         one visit, and the question about it
- ``visits.py``        keeps the visits, and tells when one begins, is named and ends
- ``sending.py``       a question as a whole frame or as crops
- ``line.py``          to the recognizer: late answers, outages, growing pauses
- ``asker.py``         asks on a thread of its own, one question at a time
- ``tracking.py``      mode ``track``: asks when a visit is worth it
- ``interval.py``      mode ``interval``: asks every so often, and finds faces in the answers
- ``replay.py``        names afterwards whom an outage left without an answer
"""

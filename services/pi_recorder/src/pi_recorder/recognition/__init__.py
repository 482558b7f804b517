"""Recognition: find out who is in front of the camera, with few requests.

Data flows one way. One person's stay in front of the camera is one *visit*::

    latest frame ─ motion gate ─ face gate ─ tracker ─ visits ─ connection ─► recognizer
                                                 events ◄─┘◄── answers ─┘
"""

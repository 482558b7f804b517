"""The recorder: films without a gap, stores the video, and shows who the recognizer sees.

Data flows one way, and recording waits for nobody::

    camera ─ capture ─┬─ recording ─ spool ─ uploads ─────► store
                      └─ recognition ─► recognizer ─► events ─┬─ cli (display, run summary)
                                                              ├─ live (page)
                                                              └─ integrations

The root's pyproject.toml says which stage may import which, and import-linter checks it.

- ``capture``       reads a camera and hands every frame on
- ``recording``     writes frames into segments, MP4 files
- ``spool``         keeps finished segments on the disk until the store has confirmed them
- ``uploads``       sends the segments to the store
- ``recognition``   follows faces, sends requests to the recognizer and names visits
- ``events``        what happened, with its wording and its JSON
- ``operation``     how the recorder runs: supervision, status, run summary, doctor
- ``live``          serves the live page
- ``integrations``  sends events to the recognizer's console, a webhook, MQTT, a file
- ``settings``      reads and checks the settings
- ``cli``           the command line

``bootstrap`` and ``sinks`` put the parts together, ``recorder`` starts and stops the threads, and
``testing`` is what tests of other packages may use.
"""

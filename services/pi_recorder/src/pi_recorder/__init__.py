"""The recorder: it films without gaps, stores the video, and shows whom the recognizer sees.

Data flows one way, and recording never waits for another part::

    camera ─ capture ─┬─ recording ─ spool ─ uploads ─────► store
                      └─ recognition ─► recognizer ─► events ─┬─ cli (display, run summary)
                                                              ├─ live (page)
                                                              └─ integrations

The root's pyproject.toml says which stage may import which, and import-linter checks it.

- ``capture``       reads a camera and distributes its frames
- ``recording``     writes frames into segments, MP4 files
- ``spool``         keeps finished segments on the disk until the store has confirmed them
- ``uploads``       sends the segments to the store
- ``recognition``   follows faces, sends requests to the recognizer and names visits
- ``events``        the events, with their wording and their JSON
- ``operation``     how the recorder runs: supervision, status, run summary, doctor
- ``live``          serves the live page
- ``integrations``  sends events to the recognizer's console, a webhook, MQTT, a file
- ``settings``      loads and checks the settings
- ``cli``           the command line

``bootstrap`` builds the parts, ``recorder`` starts and stops the threads, and
``testing`` has test doubles for other packages.
"""

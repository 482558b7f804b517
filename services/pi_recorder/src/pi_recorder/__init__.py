"""The recorder: films without a gap, stores the video, and shows who the recognizer sees.

Data flows one way, and recording waits for nobody::

    camera ─ capture ─┬─ recording ─ segments ─ spool ─ uploader ─────► store
                      └─ newest frame ─ recognition ─► recognizer ─► events ─ display, tally

From the outside in:

- ``main.py``         the command line; its other commands are in ``cli/``, with ``doctor/``
- ``settings.py``     what can be set; read by ``settings_loading.py`` from ``settings_files.py``
- ``bootstrap.py``    puts the parts together
- ``recorder.py``     starts and stops the threads, in order
- ``supervision.py``  tells systemd how the recorder is, through ``notify.py``
- ``cameras/``        where frames come from; ``watched.py`` opens a live one again
- ``clock.py``        time that does not jump
- ``capture.py``      hands each frame on, to ``recording.py`` and ``newest.py``
- ``segments.py``     frames → MP4 files, with ``tracks.py`` (what is in them) and ``mp4.py``
- ``intake.py``       a file for each segment; a pause while there is no room
- ``spool/``          the queue of finished files, on disk; mends what a kill tore
- ``uploads/``        the queue → the store; lets go only of what is confirmed
- ``recognition/``    the newest frame → visits and their names
- ``events.py``       what happened, for ``display.py`` (people), ``jsonlines.py`` (machines)
  and ``tally.py`` (the summary); ``event_names.py`` is how they are called outside
- ``outlets.py``      who else listens, as the settings say
- ``live/``           the live page, the terminal view, and the status that both show
- ``outgoing/``       reports to the recognizer, webhook, MQTT, a file of events
- ``switch.py``       pauses recognition by hand
"""

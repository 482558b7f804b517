"""The recorder: films without a gap, stores the video, and shows who the recognizer sees.

Data flows one way, and recording waits for nobody::

    camera ─ capture ─┬─ recording ─ segments ─ spool ─ uploader ─────► store
                      └─ newest frame ─ recognition ─► recognizer ─► events ─ display, tally

From the outside in:

- ``main.py``         the command line and its exit codes
- ``settings.py``     what can be set, and what is wrong with it
- ``bootstrap.py``    puts the parts together
- ``recorder.py``     starts and stops the threads, in order
- ``cameras/``        where frames come from
- ``capture.py``      hands each frame on, to ``recording.py`` and ``newest.py``
- ``segments.py``     frames → MP4 files
- ``spool.py``        the queue of finished files, on disk
- ``uploader.py``     the queue → the store; deletes only what is confirmed
- ``recognition.py``  the newest frame → an answer
- ``events.py``       what happened, for ``display.py`` (people), ``jsonlines.py`` (machines)
  and ``tally.py`` (the summary)
"""

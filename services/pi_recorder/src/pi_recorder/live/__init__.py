"""Shows what the recorder sees and does, to people near it.

::

    events ─ board ─ status ─┬─ app ─ page in a browser, status.json
                             └─ terminal
    newest frame ─ jpegs ────┘  (encoded only while somebody asks)

- ``status.py``    what is shown, as a model
- ``board.py``     builds it from events; ``today.py`` keeps who was here today
- ``answers.py``   makes visits of answers, for a recognition that tells of none
- ``disk.py``      what the spool holds and how much room there is
- ``picture.py``   the newest frame, kept for whoever looks; ``jpegs.py`` encodes it
- ``app.py``       the page's HTTP; ``guard.py`` and ``password.py`` say who may ask what
- ``server.py``    serves it on a thread of its own
- ``static/``      the page itself
- ``terminal.py``  the same in a terminal
"""

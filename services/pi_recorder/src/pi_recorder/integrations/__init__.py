"""Tells others what happens; recording and recognition never wait for them.

- ``visit_ways.py``      follows the visits, and says whose way is to be told
- ``ways.py``            a face's way through the picture, kept short
- ``track_reports.py``   tells the ways to the recognizer
- ``outbox.py``          a short queue before a slow or absent receiver
- ``webhook.py``         a POST an event, signed if there is a secret
- ``events_file.py``     a line an event, in a file that does not grow without end
- ``mqtt.py``            the connection to a broker, and what goes out on which topic
- ``broker_address.py``  which brokers may be spoken to
- ``home_assistant.py``  what makes Home Assistant find the recorder by itself
"""

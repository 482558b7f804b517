"""``make soak``: a recorder is killed, cut off and short of room; then every frame is counted.

- ``journal.py``   what the camera gave, written down before anybody else has it
- ``filming.py``   the recorder as a process of its own, with that camera
- ``hardship.py``  what is done to it, at random from a seed
- ``evidence.py``  what is found at the store, in the spool and in its losses
- ``account.py``   where every frame went
- ``soak.py``      one run, from the first frame to the account
- ``__main__.py``  the command line
"""

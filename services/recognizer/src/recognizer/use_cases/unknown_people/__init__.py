"""Faces without a name: which crops are kept, whose they may be, and what the admin makes of them.

- ``keeping.py``      which faces leave a crop, while pictures are recognised
- ``grouping.py``     which crops are taken for one person's
- ``listing.py``      the strangers, a row each
- ``naming.py``       a stranger becomes a person, or turns out to be one
- ``ignoring.py``     a stranger is not shown and not kept any more
- ``wrong_names.py``  a match was wrong: "not this person"
"""

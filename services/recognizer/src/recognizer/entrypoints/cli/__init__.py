"""The ``recognizer`` command: serve, and look after people, devices and sightings.

One module a command group; ``main`` puts them together, ``connection`` is which server and which
token, ``credentials`` the tokens kept for this user, ``failures`` what an error prints and which
exit code it has, ``output`` how answers look. Importing people is in two steps: ``people_folder``
reads the folder, ``people_import`` sends what it found. ``doctor`` runs the checks of
``checks_local`` or ``checks_aws``, and its own of the server. ``cost`` reads its options and
``cost_table`` shows what ``recognizer.use_cases.cost`` finds.
"""

from recognizer.entrypoints.cli.main import app

__all__ = ["app"]

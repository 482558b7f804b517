"""Print the OpenAPI description in a stable order."""

from __future__ import annotations

import json
import sys

from recognizer.entrypoints.http.app import bare_app

json.dump(bare_app().openapi(), sys.stdout, indent=2, sort_keys=True)
sys.stdout.write("\n")

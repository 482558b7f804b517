"""Part of ``gallery_load``: one load in this process, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from recognizer.adapters.aws import open_aws
from recognizer.settings import Settings
from recognizer.use_cases.gallery_cache import GalleryCache
from tests.support.fake_vision import FakeVision

MODEL = "synthetic"


def main(dimension: int) -> None:
    """Load once."""
    stores = open_aws(Settings())
    vision = FakeVision(MODEL, dimension)
    begin = time.perf_counter()
    view = GalleryCache(stores.faces, vision, interval_s=1).current()
    seconds = time.perf_counter() - begin
    memory_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {
        "faces": view.gallery.size,
        "seconds": round(seconds, 2),
        "memory_mb": memory_kb // 1024,
    }
    print(json.dumps(found))
    stores.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

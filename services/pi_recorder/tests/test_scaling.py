"""One picture is converted by several threads at once."""

from __future__ import annotations

import threading

import numpy as np

from pi_recorder.capture.scaling import converted
from pi_recorder.testing import numbered_picture


def test_threads_that_convert_one_picture_all_end_with_the_same() -> None:
    forms = ("yuv420p", "gray", "rgb24")
    pictures = [numbered_picture(7, 640, 480) for _ in range(200)]
    together = threading.Barrier(len(forms))
    wrong: list[str] = []

    def convert(form: str) -> None:
        alone = converted(numbered_picture(7, 640, 480), form, width=320, height=240).to_ndarray()
        for picture in pictures:
            together.wait()
            shared = converted(picture, form, width=320, height=240).to_ndarray()
            if not np.array_equal(alone, shared):
                wrong.append(form)

    threads = [threading.Thread(target=convert, args=(form,), daemon=True) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    assert not wrong


def test_a_picture_that_has_the_form_is_not_copied() -> None:
    picture = numbered_picture(1)
    assert converted(picture, "rgb24") is picture

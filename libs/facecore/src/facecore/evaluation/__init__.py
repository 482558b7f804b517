"""How well it recognises: measured on any folder of labelled pictures.

Pictures (``dataset``) become faces (``faces``, kept in ``face_cache``). Pairs of them are told the
same or not (``pairs``, ``verification``); people are looked for among those enrolled (``probes``,
``identification``); and pictures are corrupted level by level (``corruptions``, ``robustness``).
``calibration`` derives a model's thresholds from the same faces. ``report`` is all of it for
programs, ``page`` for people; ``run`` puts it together.
"""

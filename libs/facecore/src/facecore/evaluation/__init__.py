"""Measure how well a model recognises people, on any folder of labelled pictures.

``dataset`` reads the pictures; ``faces`` finds their faces and ``face_cache`` stores them.
``verification`` compares the pairs of ``pairs``: one person or two? ``identification`` compares the
probes of ``probes`` with a gallery. ``robustness`` applies ``corruptions`` to the pictures, level
by level. ``calibration`` derives a model's thresholds from the same faces. ``report`` is the result
as JSON, ``page`` the result as HTML. ``run`` runs an evaluation.
"""

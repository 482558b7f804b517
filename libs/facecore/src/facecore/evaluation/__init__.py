"""Measure how well a model recognises people, on any folder of labelled pictures.

``dataset`` reads the pictures, and the pairs to compare; ``faces`` finds and stores their faces.
``verification`` compares the pairs: one person or two? ``identification`` compares the probes of
``probes`` with a gallery. ``robustness`` corrupts the pictures level by level. ``calibration``
derives a model's thresholds from the same faces. ``run`` runs an evaluation; its result is one
value and JSON, and ``page`` makes HTML of it.
"""

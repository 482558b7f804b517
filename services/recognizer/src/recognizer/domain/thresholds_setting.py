"""The setting ``RECOGNIZER_THRESHOLDS``: a model's thresholds, as one line of text."""

from __future__ import annotations

from dataclasses import dataclass

from facecore.models.catalogue import MODELS, Thresholds


@dataclass(frozen=True, slots=True)
class ThresholdsSetting:
    """Thresholds of a deployment, and the id of their model (design invariant 4)."""

    model_id: str
    thresholds: Thresholds

    @classmethod
    def parse(cls, text: object) -> object:
        """Read ``MODEL_ID:MATCH,UNCERTAIN,MARGIN``; return a value that is no text unchanged.

        Raises:
            ValueError: the text has another form.
        """
        if not isinstance(text, str):
            return text
        model_id, _, numbers = text.partition(":")
        try:
            match, uncertain, margin = (float(number) for number in numbers.split(","))
        except ValueError:
            raise ValueError(
                f"{text!r} must be a model's id, a colon, and three numbers: match, uncertain, "
                "margin; `recognizer calibrate` prints it"
            ) from None
        return cls(model_id, Thresholds(match=match, uncertain=uncertain, margin=margin))

    def __str__(self) -> str:
        limits = self.thresholds
        return f"{self.model_id}:{limits.match:g},{limits.uncertain:g},{limits.margin:g}"

    def are_of(self, model: str) -> bool:
        """Return whether they belong to the model with this name or id."""
        return any(
            self.model_id == entry.id and model in (entry.name, entry.id) for entry in MODELS
        )

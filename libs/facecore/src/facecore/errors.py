"""The errors facecore raises, and nothing else.

::

    FaceCoreError
    ├── ImageError             the bytes are not a picture we accept
    │   ├── ImageEmpty             no bytes at all
    │   ├── ImageTooLarge          more bytes than the limit
    │   ├── ImageTooManyPixels     more or longer sides than the limits
    │   ├── ImageUnsupported       not JPEG, PNG or WebP, or too much work packed
    │   └── ImageTruncated         the right format, but damaged or cut short
    ├── ModelError             a model (or sample picture) is not usable
    │   ├── ModelUnknown           no such entry in the catalogue
    │   ├── ModelUnavailable       could not be fetched: no index, no network, no such version
    │   ├── ModelCorrupt           what was fetched or cached is not what the catalogue pins
    │   ├── BackendUnavailable     what should compute it is not installed, or can't
    │   └── ModelStorageError      the cache can't be written: disk full, no permission
    ├── CropError              a crop sent by a device does not fit the model's input
    ├── ForeignModelError      embeddings of two models were about to be compared
    ├── DatasetError           a folder of labelled pictures can't be measured on
    └── ClientError            a call to the recognizer failed (see ``facecore.client``)
        ├── ApiUnreachable         no answer: no route, refused, reset, no such name
        ├── DeadlineExceeded       no answer in time
        ├── ApiProblem             the server refused; carries its status and ``code``
        └── UnexpectedAnswer       an answer that is not the contract's, such as a captive portal's
            └── ChecksumMismatch       the store confirmed other bytes than were sent

Every message says what was wrong and what would be right.
"""

from __future__ import annotations


class FaceCoreError(Exception):
    """Root of every error that facecore raises on purpose."""


class ImageError(FaceCoreError):
    """The bytes are not a picture that is accepted."""


class ImageEmpty(ImageError):
    """No bytes were given."""


class ImageTooLarge(ImageError):
    """More bytes than ``contract.MAX_IMAGE_BYTES``."""


class ImageTooManyPixels(ImageError):
    """More pixels than ``contract.MAX_IMAGE_PIXELS``, or too long a side."""


class ImageUnsupported(ImageError):
    """The bytes are none of the accepted formats, or ask a decoder for too much work."""


class ImageTruncated(ImageError):
    """The format is right, but the data is damaged or ends early."""


class ModelError(FaceCoreError):
    """A model or a sample picture can't be used."""


class ModelUnknown(ModelError):
    """The catalogue has no entry of that name."""


class ModelUnavailable(ModelError):
    """The package that holds the file could not be fetched."""


class ModelCorrupt(ModelError):
    """A fetched or cached file differs from the SHA-256 that the catalogue pins."""


class BackendUnavailable(ModelError):
    """The backend is not installed, finds no such device, or does not compute this model."""


class ModelStorageError(ModelError):
    """The cache can't be written, for want of space or permission."""


class CropError(FaceCoreError):
    """A crop's size or count does not fit what the model takes."""


class ForeignModelError(FaceCoreError):
    """Embeddings of two different models were about to meet (design invariant 4)."""


class DatasetError(FaceCoreError):
    """A folder of labelled pictures lacks what a measurement needs."""


class ClientError(FaceCoreError):
    """A call to the recognizer did not succeed."""


class ApiUnreachable(ClientError):
    """The recognizer gave no answer: refused, reset, no route, unknown name."""


class DeadlineExceeded(ClientError):
    """The recognizer gave no answer before the call's deadline."""


class ApiProblem(ClientError):
    """The recognizer refused, with an RFC 9457 problem.

    Attributes:
        status: the HTTP status, 400 to 599.
        code: the stable code, a value of ``contract.ErrorCode`` or a newer one.
        detail: what was wrong and what would be right.
        retry_after_s: how long the server asks to wait before the next call, in seconds.
    """

    def __init__(self, status: int, code: str, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(f"{detail} ({status} {code})")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class UnexpectedAnswer(ClientError):
    """Something answered, but not with what the contract says.

    Attributes:
        status: the HTTP status; None when it is not about one answer.
        content_type: its media type in lower case; empty when none was given.
    """

    def __init__(self, message: str, *, status: int | None = None, content_type: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type


class ChecksumMismatch(UnexpectedAnswer):
    """The store confirmed a checksum, but not that of the bytes that were sent."""

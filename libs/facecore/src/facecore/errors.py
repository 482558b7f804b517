"""The errors that facecore raises.

::

    FaceCoreError
    ├── ImageError             the bytes are not a picture that is accepted
    │   ├── ImageEmpty             no bytes at all
    │   ├── ImageTooLarge          more bytes than the limit
    │   ├── ImageTooManyPixels     too many pixels or too long a side
    │   ├── ImageUnsupported       not JPEG, PNG or WebP, or too much work for the decoder
    │   └── ImageTruncated         the right format, but damaged or incomplete
    ├── ModelError             a model (or sample picture) is not usable
    │   ├── ModelUnknown           no such entry in the catalogue
    │   ├── ModelUnavailable       could not be fetched: no index, no network, no such version
    │   ├── ModelCorrupt           a fetched or cached file differs from the catalogue's hash
    │   ├── BackendUnavailable     the backend is not installed or can't compute the model
    │   └── ModelStorageError      the cache can't be written: disk full, no permission
    ├── CropError              a crop sent by a device does not fit the model's input
    ├── ForeignModelError      embeddings of two models can't be compared
    ├── DatasetError           a folder of labelled pictures can't be used for an evaluation
    └── ClientError            a call to the recognizer failed (see ``facecore.client``)
        ├── ApiUnreachable         no answer: no route, refused, reset, no such name
        ├── DeadlineExceeded       no answer in time
        ├── ApiProblem             the server refused; carries its status and ``code``
        └── UnexpectedAnswer       an answer against the contract, such as a captive portal's
            └── ChecksumMismatch       the store confirmed another checksum than the sent one

Every message says what was wrong and what is valid.
"""

from __future__ import annotations


class FaceCoreError(Exception):
    """Base of all errors that facecore raises on purpose."""


class ImageError(FaceCoreError):
    """The bytes are not a picture that is accepted."""


class ImageEmpty(ImageError):
    """No bytes were given."""


class ImageTooLarge(ImageError):
    """More bytes than ``contract.MAX_IMAGE_BYTES``."""


class ImageTooManyPixels(ImageError):
    """More pixels than ``contract.MAX_IMAGE_PIXELS``, or too long a side."""


class ImageUnsupported(ImageError):
    """The bytes have no accepted format, or would take a decoder too much work."""


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
    """The backend is not installed, finds no such device, or can't compute this model."""


class ModelStorageError(ModelError):
    """The cache can't be written, because space or permission is missing."""


class CropError(FaceCoreError):
    """The size or number of crops does not fit the model."""


class ForeignModelError(FaceCoreError):
    """Embeddings of two different models can't be compared (design invariant 4)."""


class DatasetError(FaceCoreError):
    """A folder of labelled pictures lacks data that the evaluation needs."""


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
        detail: what was wrong and what is valid.
        retry_after_s: how long the server asks to wait before the next call, in seconds.
    """

    def __init__(self, status: int, code: str, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(f"{detail} ({status} {code})")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class UnexpectedAnswer(ClientError):
    """The answer does not follow the contract.

    Attributes:
        status: the HTTP status; None if the error is not about one answer.
        content_type: its media type in lower case; empty if it has none.
    """

    def __init__(self, message: str, *, status: int | None = None, content_type: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type


class ChecksumMismatch(UnexpectedAnswer):
    """The store confirmed another checksum than that of the bytes that were sent."""

"""Puts the service together: the one place where adapters are chosen."""

from __future__ import annotations

from dataclasses import dataclass

from anyio import CapacityLimiter

from facecore.vision.analyzer import load_analyzer
from recognizer.adapters.sqlite import LocalStores, open_local
from recognizer.adapters.sqlite.video_retention import VideoRetention
from recognizer.domain.clock import Clock, Clocks, Monotonic, monotonic_s, utc_now
from recognizer.domain.ports import AdminTokens, Stores, Vision
from recognizer.domain.tokens import hash_token, new_admin_token
from recognizer.settings import Settings
from recognizer.use_cases.admission import VisionQueue
from recognizer.use_cases.audit_trail import AuditTrail
from recognizer.use_cases.authentication import Authenticator
from recognizer.use_cases.enrolment import Enrolment
from recognizer.use_cases.export import PersonExport
from recognizer.use_cases.gallery_cache import GalleryCache
from recognizer.use_cases.recognition import Recognizer
from recognizer.use_cases.sessions import ConsoleSessions
from recognizer.use_cases.statistics.counting import Counting
from recognizer.use_cases.unknown_people.crop_retention import CropKeeper
from recognizer.use_cases.unknown_people.identification import Naming, WrongNames
from recognizer.use_cases.unknown_people.listing import Ignoring, UnknownPeople
from recognizer.use_cases.videos import Recordings
from recognizer.use_cases.visits import Visits


@dataclass(frozen=True, slots=True)
class UnknownPeopleCases:
    """What the admin does with unknown people, and with names that were wrong."""

    listing: UnknownPeople
    naming: Naming
    ignoring: Ignoring
    wrong_names: WrongNames


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the HTTP side calls.

    Attributes:
        vision_queue: a picture is worked on only while it holds a turn; of one event loop.
        vision_slots: the threads that they are worked on; as many as the queue lets in.
    """

    settings: Settings
    stores: Stores
    vision: Vision
    gallery: GalleryCache
    auth: Authenticator
    sessions: ConsoleSessions
    enrolment: Enrolment
    recognizer: Recognizer
    recordings: Recordings
    unknown_people: UnknownPeopleCases
    counting: Counting
    export: PersonExport
    trail: AuditTrail
    visits: Visits
    vision_queue: VisionQueue
    vision_slots: CapacityLimiter
    now: Clock

    @property
    def video_retention(self) -> VideoRetention | None:
        """What removes old video from a data folder; none in AWS, where a bucket's rule does."""
        return self.stores.video_retention if isinstance(self.stores, LocalStores) else None

    def close(self) -> None:
        """Writes what is counted and gives back the store."""
        try:
            self.counting.flush()
        finally:
            self.stores.close()


def build(settings: Settings, *, now: Clock = utc_now) -> Services:
    """The service as it is run: models loaded, store opened, gallery in memory.

    Raises:
        ModelError: a model can't be had.
        StoreUnavailable: the data folder can't be used.
    """
    return assemble(settings, load_vision(settings), open_stores(settings, now=now), now=now)


def load_vision(settings: Settings) -> Vision:
    """The models as the settings want them. Raises ``ModelError``."""
    return load_analyzer(
        settings.model,
        threads=settings.threads,
        thresholds=settings.own_thresholds,
        backend=settings.backend,
        device=settings.torch_device,
    )


def open_stores(
    settings: Settings, *, now: Clock = utc_now, monotonic: Monotonic = monotonic_s
) -> Stores:
    """The store alone, without any model; the caller closes it. Raises ``StoreUnavailable``."""
    if settings.store == "aws":
        from recognizer.adapters.aws import open_aws  # noqa: PLC0415 - boto3 takes long to import

        return open_aws(settings, now=now)
    return open_local(
        settings.data_dir,
        link_lifetime=settings.upload_link_lifetime,
        sighting_lifetime=settings.sighting_lifetime,
        crop_lifetime=settings.crop_lifetime,
        video_lifetime=settings.video_lifetime,
        video_bytes=settings.video_max_bytes,
        now=now,
        monotonic=monotonic,
    )


def assemble(
    settings: Settings,
    vision: Vision,
    stores: Stores,
    *,
    now: Clock = utc_now,
    monotonic: Monotonic = monotonic_s,
) -> Services:
    """The use cases over adapters that are given; a test gives its own."""
    clocks = Clocks(now, monotonic)
    refresh_s = settings.gallery_refresh_s
    gallery = GalleryCache(stores.faces, vision, interval_s=refresh_s, now=now, monotonic=monotonic)
    auth = Authenticator(stores.devices, stores.admin_tokens, settings.admin_token_sha256, now)
    enrolment = Enrolment(vision, stores.people, stores.faces, gallery, now)
    keeper = crop_keeper(settings, vision, stores)
    return Services(
        settings=settings,
        stores=stores,
        vision=vision,
        gallery=gallery,
        auth=auth,
        sessions=ConsoleSessions(auth, stores.sessions, settings.session_lifetime, clocks),
        enrolment=enrolment,
        recognizer=Recognizer(vision, gallery, stores.people, stores.sightings, now, keeper=keeper),
        recordings=Recordings(stores.videos, stores.video_store, settings.video_prefix),
        unknown_people=_unknown_people_cases(
            settings, vision, stores, gallery=gallery, enrolment=enrolment, now=now
        ),
        counting=Counting(stores.tallies, now, monotonic),
        export=PersonExport(stores.people, stores.faces, stores.crops, stores.sightings),
        trail=AuditTrail(stores.audit, now),
        visits=Visits(stores.sightings, stores.tracks),
        vision_queue=VisionQueue(
            slots=settings.max_concurrency,
            pixels=round(settings.max_megapixels * 1_000_000),
            max_wait_s=settings.max_wait_s,
        ),
        vision_slots=CapacityLimiter(settings.max_concurrency),
        now=now,
    )


def _unknown_people_cases(
    settings: Settings,
    vision: Vision,
    stores: Stores,
    *,
    gallery: GalleryCache,
    enrolment: Enrolment,
    now: Clock,
) -> UnknownPeopleCases:
    """Make the use cases over these stores."""
    listing = UnknownPeople(
        crops=stores.crops,
        ignored=stores.ignored,
        people=stores.people,
        gallery=gallery,
        vision=vision,
        kept_days=settings.crop_lifetime.days,
    )
    return UnknownPeopleCases(
        listing=listing,
        naming=Naming(listing, stores.crops, stores.sightings, stores.people, enrolment, now),
        ignoring=Ignoring(listing, stores.crops, stores.ignored, settings.sighting_lifetime, now),
        wrong_names=WrongNames(stores.sightings, stores.crops),
    )


def crop_keeper(settings: Settings, vision: Vision, stores: Stores) -> CropKeeper | None:
    """Make what keeps crops; none when the settings want no crops."""
    if settings.crop_days == 0:
        return None
    return CropKeeper(stores.crops, stores.ignored, stores.sightings, vision.thresholds.match)


def ensure_admin_token(admin_tokens: AdminTokens) -> str | None:
    """Makes the admin's token if the store has none, and returns it this once; else none."""
    token = new_admin_token()
    return token if admin_tokens.set_first(hash_token(token)) else None


def reset_admin_token(admin_tokens: AdminTokens) -> str:
    """Makes a new admin's token; the one before stops working at once."""
    token = new_admin_token()
    admin_tokens.replace(hash_token(token))
    return token

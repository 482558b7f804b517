"""Assembly of the service: the only place where adapters are chosen."""

from __future__ import annotations

from dataclasses import dataclass

from anyio import CapacityLimiter

from facecore.vision.analyzer import load_analyzer
from recognizer.adapters.sqlite import LocalStores, open_local
from recognizer.adapters.sqlite.video_retention import VideoRetention
from recognizer.domain.clock import Clock, Clocks, Monotonic, monotonic_s, utc_now
from recognizer.domain.ports import AdminTokens, Stores, Vision
from recognizer.settings import Settings
from recognizer.use_cases.admission import VisionQueue
from recognizer.use_cases.audit_trail import AuditTrail
from recognizer.use_cases.authentication import Authenticator, hash_token, new_admin_token
from recognizer.use_cases.enrolment import Enrolment
from recognizer.use_cases.gallery_cache import GalleryCache
from recognizer.use_cases.person_export import PersonExport
from recognizer.use_cases.recognition import Recognizer
from recognizer.use_cases.request_counters import RequestCounters
from recognizer.use_cases.sessions import ConsoleSessions
from recognizer.use_cases.unknown_people.crop_retention import CropRetention
from recognizer.use_cases.unknown_people.listing import Ignoring, UnknownPeople
from recognizer.use_cases.unknown_people.naming import Correction, Naming
from recognizer.use_cases.videos import Recordings
from recognizer.use_cases.visit_tables import VisitTables
from recognizer.use_cases.visits import Visits


@dataclass(frozen=True, slots=True)
class UnknownPeopleCases:
    """What the admin does with unknown people, and with names that were wrong."""

    listing: UnknownPeople
    naming: Naming
    ignoring: Ignoring
    correction: Correction


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the entrypoints call.

    Attributes:
        vision_queue: gives each picture its turn; used on one event loop.
        vision_slots: limits the threads that work on pictures; as many as the queue lets in.
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
    request_counters: RequestCounters
    export: PersonExport
    trail: AuditTrail
    visits: Visits
    visit_tables: VisitTables
    vision_queue: VisionQueue
    vision_slots: CapacityLimiter
    now: Clock

    @property
    def video_retention(self) -> VideoRetention | None:
        """Removes old video from a data folder; none in AWS, where a bucket's rule does it."""
        return self.stores.video_retention if isinstance(self.stores, LocalStores) else None

    def close(self) -> None:
        """Write the counters and close the store."""
        try:
            self.request_counters.flush()
        finally:
            self.stores.close()


def build(settings: Settings, *, now: Clock = utc_now) -> Services:
    """Build the service as it is run: load the models and the gallery, open the store.

    Raises:
        ModelError: a model can't be loaded.
        StoreUnavailable: the store can't be used.
    """
    return assemble(settings, load_vision(settings), open_stores(settings, now=now), now=now)


def load_vision(settings: Settings) -> Vision:
    """Load the models that the settings name. Raises ``ModelError``."""
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
    """Open the store, without any model; the caller closes it. Raises ``StoreUnavailable``."""
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
    """Build the use cases on these adapters; a test passes its own."""
    clocks = Clocks(now, monotonic)
    refresh_s = settings.gallery_refresh_s
    gallery = GalleryCache(stores.faces, vision, interval_s=refresh_s, now=now, monotonic=monotonic)
    auth = Authenticator(stores.devices, stores.admin_tokens, settings.admin_token_sha256, now)
    enrolment = Enrolment(vision, stores.people, stores.faces, gallery, now)
    retention = crop_retention(settings, vision, stores)
    visits = Visits(stores.sightings, stores.tracks)
    return Services(
        settings=settings,
        stores=stores,
        vision=vision,
        gallery=gallery,
        auth=auth,
        sessions=ConsoleSessions(auth, stores.sessions, settings.session_lifetime, clocks),
        enrolment=enrolment,
        recognizer=Recognizer(
            vision, gallery, stores.people, stores.sightings, now, retention=retention
        ),
        recordings=Recordings(stores.videos, stores.video_store, settings.video_prefix),
        unknown_people=_unknown_people_cases(
            settings, vision, stores, gallery=gallery, enrolment=enrolment, now=now
        ),
        request_counters=RequestCounters(stores.counters, now, monotonic),
        export=PersonExport(stores.people, stores.faces, stores.crops, stores.sightings),
        trail=AuditTrail(stores.audit, now),
        visits=visits,
        visit_tables=VisitTables(visits, stores.people, now),
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
    """Build the use cases about unknown people."""
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
        correction=Correction(stores.sightings, stores.crops),
    )


def crop_retention(settings: Settings, vision: Vision, stores: Stores) -> CropRetention | None:
    """Build the use case that keeps crops; none when the settings keep none."""
    if settings.crop_days == 0:
        return None
    return CropRetention(stores.crops, stores.ignored, stores.sightings, vision.thresholds.match)


def ensure_admin_token(admin_tokens: AdminTokens) -> str | None:
    """Create the admin's token if the store has none, and return it; else return none."""
    token = new_admin_token()
    return token if admin_tokens.set_first(hash_token(token)) else None


def reset_admin_token(admin_tokens: AdminTokens) -> str:
    """Create and return a new admin's token; the old one stops working at once."""
    token = new_admin_token()
    admin_tokens.replace(hash_token(token))
    return token

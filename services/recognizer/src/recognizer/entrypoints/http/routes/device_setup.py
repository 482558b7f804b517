"""``/v1/device-setup``: a new recorder's settings. Not below ``/v1/devices``, which holds names."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from facecore.contract import DeviceSetup, DeviceSetupRequest
from recognizer.entrypoints.http.dependencies import AdminOnly, ServicesDep, own_url, problems
from recognizer.use_cases.device_setup import setup_of

router = APIRouter(prefix="/v1/device-setup", tags=["devices"], dependencies=[AdminOnly])


@router.post("", operation_id="device_setup", responses=problems(400, 401, 403, 413, 415, 422, 503))
def device_setup(
    services: ServicesDep, setup: DeviceSetupRequest, request: Request, response: Response
) -> DeviceSetup:
    """Return the settings of a recorder with this token, also as a QR code. Nothing is stored."""
    response.headers["cache-control"] = "no-store"
    return setup_of(own_url(services, request), setup.token)

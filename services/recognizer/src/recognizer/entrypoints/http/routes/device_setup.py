"""``/v1/device-setup``: what a new recorder must be told; apart, for a device may be called so."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from facecore.contract import DeviceSetup, DeviceSetupRequest
from recognizer.entrypoints.http.dependencies import AdminOnly, Injected, own_url, problems
from recognizer.use_cases.device_setup import setup_of

router = APIRouter(prefix="/v1/device-setup", tags=["devices"], dependencies=[AdminOnly])


@router.post("", operation_id="device_setup", responses=problems(400, 401, 403, 413, 415, 422, 503))
def device_setup(
    services: Injected, asked: DeviceSetupRequest, request: Request, response: Response
) -> DeviceSetup:
    """Write out what a recorder with this token must be told, with a QR code. Nothing is kept."""
    response.headers["cache-control"] = "no-store"
    return setup_of(own_url(services, request), asked.token)

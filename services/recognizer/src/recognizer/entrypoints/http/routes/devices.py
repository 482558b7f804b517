"""``/v1/devices``: who may ask, and how they fare."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import SecretStr

from facecore.contract import (
    AuditAction,
    Device,
    DeviceList,
    DeviceRegistration,
    DeviceReport,
    RegisteredDevice,
)
from recognizer.domain.tokens import hash_token, new_device_token
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    DeviceItself,
    Injected,
    NamedDevice,
    problems,
)

router = APIRouter(
    prefix="/v1/devices",
    tags=["devices"],
    responses=problems(401, 403, 503),
)


@router.get("", operation_id="list_devices", dependencies=[AdminOnly])
def list_devices(services: Injected) -> DeviceList:
    """All devices in the order of their names."""
    return DeviceList(devices=services.stores.devices.list())


@router.post(
    "",
    operation_id="add_device",
    status_code=201,
    dependencies=[AdminOnly],
    responses=problems(400, 409, 413, 415, 422),
)
def add_device(
    services: Injected, caller: AdminCaller, registration: DeviceRegistration
) -> RegisteredDevice:
    """Register a device. Its token is answered this once; only a hash of it is kept."""
    token = new_device_token()
    device = Device(name=registration.name, created_at=services.now())
    with services.trail.noting(caller.actor, AuditAction.DEVICE_ADDED, device.name):
        services.stores.devices.add(device, hash_token(token))
    return RegisteredDevice(**device.model_dump(), token=SecretStr(token))


@router.put(
    "/self/status",
    operation_id="report_status",
    status_code=204,
    responses=problems(400, 413, 415, 422),
)
def report_status(services: Injected, caller: DeviceItself, report: DeviceReport) -> None:
    """Keep how the device fares that calls; the report before is forgotten."""
    services.stores.devices.report(caller.name, report, services.now())


@router.delete(
    "/{name}",
    operation_id="remove_device",
    status_code=204,
    dependencies=[AdminOnly],
    responses=problems(404, 422),
)
def remove_device(services: Injected, caller: AdminCaller, name: NamedDevice) -> None:
    """Remove a device; its token stops working at once. Videos and sightings stay."""
    with services.trail.noting(caller.actor, AuditAction.DEVICE_REMOVED, name):
        services.stores.devices.remove(name)

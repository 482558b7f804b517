"""``/v1/devices`` and ``/v1/device-setup``: devices, their status, a new recorder's settings."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from facecore.contract import (
    AuditAction,
    Device,
    DeviceList,
    DeviceRegistration,
    DeviceReport,
    DeviceSetup,
    DeviceSetupRequest,
    RegisteredDevice,
)
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    DeviceItself,
    NamedDevice,
    ServicesDep,
    own_url,
    problems,
)
from recognizer.use_cases.authentication import hash_token, new_device_token
from recognizer.use_cases.device_setup import setup_of

router = APIRouter(
    prefix="/v1",
    tags=["devices"],
    responses=problems(401, 403, 503),
)


@router.get("/devices", operation_id="list_devices", dependencies=[AdminOnly])
def list_devices(services: ServicesDep) -> DeviceList:
    """List all devices in the order of their names."""
    return DeviceList(devices=services.stores.devices.list())


@router.post(
    "/devices",
    operation_id="add_device",
    status_code=201,
    dependencies=[AdminOnly],
    responses=problems(400, 409, 413, 415, 422),
)
def add_device(
    services: ServicesDep, caller: AdminCaller, registration: DeviceRegistration
) -> RegisteredDevice:
    """Register a device. Only this response contains its token; a hash of it is stored."""
    token = new_device_token()
    device = Device(name=registration.name, created_at=services.now())
    with services.trail.noting(caller.actor, AuditAction.DEVICE_ADDED, device.name):
        services.stores.devices.add(device, hash_token(token))
    return RegisteredDevice(**device.model_dump(), token=SecretStr(token))


@router.put(
    "/devices/self/status",
    operation_id="report_status",
    status_code=204,
    responses=problems(400, 413, 415, 422),
)
def report_status(services: ServicesDep, caller: DeviceItself, report: DeviceReport) -> None:
    """Store the calling device's status. It replaces the previous one."""
    services.stores.devices.report(caller.name, report, services.now())


@router.delete(
    "/devices/{name}",
    operation_id="remove_device",
    status_code=204,
    dependencies=[AdminOnly],
    responses=problems(404, 422),
)
def remove_device(services: ServicesDep, caller: AdminCaller, name: NamedDevice) -> None:
    """Remove a device. Its token stops working at once. Its videos and sightings stay."""
    with services.trail.noting(caller.actor, AuditAction.DEVICE_REMOVED, name):
        services.stores.devices.remove(name)


@router.post(
    "/device-setup",  # not below devices, where a name would stand
    operation_id="device_setup",
    dependencies=[AdminOnly],
    responses=problems(400, 413, 415, 422),
)
def device_setup(
    services: ServicesDep, setup: DeviceSetupRequest, request: Request, response: Response
) -> DeviceSetup:
    """Return the settings of a recorder with this token, also as a QR code. Nothing is stored."""
    response.headers["cache-control"] = "no-store"
    return setup_of(own_url(services, request), setup.token)

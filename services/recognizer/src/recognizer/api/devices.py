"""``/v1/devices``: who may ask."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import SecretStr

from facecore.contract import Device, DeviceList, DeviceRegistration, RegisteredDevice
from recognizer.api.dependencies import AdminOnly, Injected, NamedDevice, problems
from recognizer.tokens import hash_token, new_device_token

router = APIRouter(
    prefix="/v1/devices",
    tags=["devices"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 503),
)


@router.get("", operation_id="list_devices")
def list_devices(services: Injected) -> DeviceList:
    """All devices in the order of their names."""
    return DeviceList(devices=services.stores.devices.list())


@router.post(
    "",
    operation_id="add_device",
    status_code=201,
    responses=problems(400, 409, 413, 415, 422),
)
def add_device(services: Injected, registration: DeviceRegistration) -> RegisteredDevice:
    """Register a device. Its token is answered this once; only a hash of it is kept."""
    token = new_device_token()
    device = Device(name=registration.name, created_at=services.now())
    services.stores.devices.add(device, hash_token(token))
    return RegisteredDevice(**device.model_dump(), token=SecretStr(token))


@router.delete(
    "/{name}", operation_id="remove_device", status_code=204, responses=problems(404, 422)
)
def remove_device(services: Injected, name: NamedDevice) -> None:
    """Remove a device; its token stops working at once. Videos and sightings stay."""
    services.stores.devices.remove(name)

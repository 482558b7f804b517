"""The OpenAPI description; ``python -m recognizer.entrypoints.http`` prints it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from facecore.contract import CropMetadata
from recognizer.entrypoints.http.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Make the app describe its error responses as problem details."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                _as_problem(status, response)
    _add_crop_metadata(schema["components"]["schemas"])
    return schema


def _as_problem(status: str, response: dict[str, Any]) -> None:
    if status >= "400" and "application/json" in response.get("content", {}):
        response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}


def _add_crop_metadata(schemas: dict[str, Any]) -> None:
    """Add the schema of the crops' metadata: it is sent as form text, which FastAPI can't see."""
    described = CropMetadata.model_json_schema(ref_template=_REF)
    schemas.update(described.pop("$defs", {}))
    schemas["CropMetadata"] = described

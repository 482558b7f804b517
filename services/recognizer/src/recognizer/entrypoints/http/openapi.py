"""The OpenAPI description, and its page ``/docs`` by Swagger UI.

``python -m recognizer.entrypoints.http`` prints the description. The page works offline: its files
come with the package ``fastapi-swagger``, so that nothing is loaded from another host.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException

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


router = APIRouter(include_in_schema=False)

_PAGE: Final = b"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Recognizer API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="documentation"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
"""
_START: Final = b"""SwaggerUIBundle({
  url: "openapi.json", dom_id: "#documentation", deepLinking: true, persistAuthorization: false,
});
"""
_TYPES: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_HEADERS: Final = {
    # Swagger UI sets styles in its elements, and its icons are data.
    "content-security-policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
    "referrer-policy": "no-referrer",
}


@router.get("/docs")
def page() -> Response:
    """Return the page."""
    return Response(_PAGE, media_type="text/html", headers=_HEADERS)


@router.get("/docs/{name}")
def file(name: str) -> Response:
    """Return a file of the page."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers=_HEADERS)
    if name not in _TYPES:
        raise HTTPException(404)
    content = (files("fastapi_swagger.resources") / name).read_bytes()
    return Response(content, media_type=_TYPES[name], headers=_HEADERS)

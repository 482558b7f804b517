"""A fake Docker for the tests: it has Docker's command line, builds nothing, pushes a manifest.

If FAKE_DOCKER_LOG is set, each call appends its arguments to it as a JSON array in one line.
With FAKE_DOCKER_DOWN it responds as if no engine ran. It pushes to ECR at AWS_ENDPOINT_URL. The
manifest's digest depends only on the tag.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def main(arguments: list[str]) -> int:
    if log := os.environ.get("FAKE_DOCKER_LOG"):
        with Path(log).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(arguments) + "\n")
    match arguments:
        case ["--version"] | ["buildx", "version"]:
            print("Docker version 29.0.0, build fake")
        case ["info"]:
            return info()
        case ["login", "--username", "AWS", "--password-stdin", _]:
            return login(sys.stdin.read())
        case ["buildx", "build", *options]:
            return build_and_push(options)
        case _:
            print(f"docker: this fake does not support {arguments}", file=sys.stderr)
            return 125
    return 0


def info() -> int:
    if os.environ.get("FAKE_DOCKER_DOWN"):
        print("Cannot connect to the Docker daemon", file=sys.stderr)
        return 1
    print("Server Version: 29.0.0")
    return 0


def login(password: str) -> int:
    if not password:
        print("Error: password is empty", file=sys.stderr)
        return 1
    print("Login Succeeded")
    return 0


def build_and_push(options: list[str]) -> int:
    """Push, and write the manifest's digest into the metadata file, as buildx does."""
    file, context = Path(value(options, "--file")), Path(options[-1])
    if not (context / file).is_file() or "--push" not in options:
        print(f"ERROR: there is no {file} in {context.resolve()}, or no --push", file=sys.stderr)
        return 1
    digest = push(value(options, "--tag"))
    metadata = json.dumps({"containerimage.digest": digest})
    Path(value(options, "--metadata-file")).write_text(metadata, encoding="utf-8")
    return 0


def push(image: str) -> str:
    address, _, tag = image.rpartition(":")
    host, _, name = address.partition("/")
    manifest = json.dumps(manifest_of(tag))
    ecr = boto3.client("ecr", region_name=host.split(".")[3])
    ecr.put_image(
        repositoryName=name,
        imageManifest=manifest,
        imageManifestMediaType=MANIFEST_TYPE,
        imageTag=tag,
    )
    found = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
    return str(found["imageDetails"][0]["imageDigest"])


def manifest_of(tag: str) -> dict[str, Any]:
    config = hashlib.sha256(tag.encode()).hexdigest()
    described = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2}
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {**described, "digest": f"sha256:{config}"},
        "layers": [],
    }


def value(options: list[str], name: str) -> str:
    return options[options.index(name) + 1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build the function's image and push it to ECR, unless ECR already has the tag.

Terraform calls this. The tag is a hash of the image's inputs, so an unchanged image is neither
built nor pushed again.

Exit codes: 0 the image is in ECR, 1 it could not be built or pushed, 2 the command is not valid,
3 Docker is missing or does not run.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ecr_repository import Login, Repository, RepositoryError
from facecore.models import Backend

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = "services/recognizer/image/Dockerfile"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
log = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class DockerMissing(Exception):
    """Docker, buildx or Docker's engine is missing."""


class PublishFailed(Exception):
    """The image was not built or not pushed."""


class Platform(StrEnum):
    """The function's platform, as Docker names it."""

    ARM64 = "linux/arm64"
    AMD64 = "linux/amd64"


@dataclass(frozen=True, slots=True)
class Published:
    """The image in ECR; ``built`` is false if ECR already had it."""

    image: str
    digest: str
    built: bool


@app.command()
def main(
    *,
    repository_url: Annotated[str, typer.Option(help="The ECR repository's address.")],
    tag: Annotated[str, typer.Option(help="A hash of the image's inputs.")],
    region: Annotated[str, typer.Option(help="The repository's region.")],
    platform: Annotated[Platform, typer.Option(help="The function's platform.")] = Platform.ARM64,
    backend: Annotated[Backend, typer.Option(help="The image's backend.")] = Backend.ONNX,
    dry_run: Annotated[bool, typer.Option(help="Print the steps without running them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Build the function's image and push it, unless ECR already has the tag."""
    try:
        repository = Repository.at(repository_url, region)
        if dry_run:
            _print_steps(repository, tag, platform, backend)
            return
        published = publish(repository, tag, platform, backend)
    except DockerMissing as error:
        log.print(f"error: {error}")
        raise typer.Exit(3) from error
    except (PublishFailed, RepositoryError) as error:
        log.print(f"error: {error}")
        raise typer.Exit(1) from error
    line = f"{published.image}@{published.digest}"
    typer.echo(json.dumps(asdict(published)) if as_json else line)


def publish(repository: Repository, tag: str, platform: Platform, backend: Backend) -> Published:
    """Build and push the image if the repository lacks it.

    Raises:
        DockerMissing: Docker is missing or does not run.
        PublishFailed: Docker failed, or ECR has another digest than the pushed one.
        RepositoryError: ECR can't be reached.
    """
    image = f"{repository.url}:{tag}"
    if existing := repository.digest(tag):
        log.print(f"{image} already exists")
        return Published(image, existing, built=False)
    _check_docker()
    _log_in(repository.host, repository.login())
    pushed = _build_and_push(image, platform, backend)
    found = repository.digest(tag)
    if found != pushed:
        raise PublishFailed(f"{pushed} was pushed as {image}, but ECR holds {found or 'nothing'}")
    return Published(image, pushed, built=True)


def _check_docker() -> None:
    if shutil.which("docker") is None:
        raise DockerMissing(
            "docker is not installed. Install Docker with buildx, or give Terraform an existing "
            "image (image_uri)"
        )
    for command, advice in (
        (["docker", "buildx", "version"], "install its buildx plug-in"),
        (["docker", "info"], "start Docker, and check that you may use it"),
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            output = done.stderr.strip() or done.stdout.strip() or "none"
            raise DockerMissing(f"{shlex.join(command)} failed; {advice}. Its output: {output}")


def _log_in(host: str, login: Login) -> None:
    done = subprocess.run(
        _login_command(host, login.user),
        input=login.password,  # not an argument, which other users could read
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PublishFailed(f"docker could not log in at {host}: {done.stderr.strip()}")


def _build_and_push(image: str, platform: Platform, backend: Backend) -> str:
    """Build and push the image; return its digest."""
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder, "metadata.json")
        command = _build_command(image, platform, backend, metadata)
        # Docker's output goes to stderr, so that --json prints JSON only.
        done = subprocess.run(command, cwd=ROOT, stdout=log.file, check=False)
        if done.returncode != 0:
            raise PublishFailed(f"docker could not build or push {image}; see its output above")
        digest: str = json.loads(metadata.read_bytes())["containerimage.digest"]
        return digest


def _login_command(host: str, user: str) -> list[str]:
    return ["docker", "login", "--username", user, "--password-stdin", host]


def _build_command(image: str, platform: Platform, backend: Backend, metadata: Path) -> list[str]:
    command = ["docker", "buildx", "build", "--platform", platform, "--push", "--tag", image]
    # Lambda accepts a plain image, not an index with attestations.
    command += ["--provenance=false", "--sbom=false", "--file", DOCKERFILE]
    command += ["--build-arg", f"BACKEND={backend}", "--metadata-file", str(metadata)]
    # pip's settings, such as an index mirror; a secret is stored in no layer.
    if settings := os.environ.get("PIP_CONFIG_FILE"):
        command += ["--secret", f"id=pip,src={Path(settings).resolve()}"]
    return [*command, "."]


def _print_steps(repository: Repository, tag: str, platform: Platform, backend: Backend) -> None:
    image = f"{repository.url}:{tag}"
    build = _build_command(image, platform, backend, Path("METADATA"))
    typer.echo(f"ask ECR in {repository.region} whether it holds {image}; if so, stop")
    typer.echo("ask ECR for a password, and give it to")
    typer.echo(f"  {shlex.join(_login_command(repository.host, 'AWS'))}")
    typer.echo(f"in {ROOT}")
    typer.echo(f"  {shlex.join(build)}")
    typer.echo("compare the digest that was pushed with the one that ECR holds")


if __name__ == "__main__":
    app()

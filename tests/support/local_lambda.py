"""A Lambda function on this machine: AWS's own runtime in a process, and its runtime API here.

It has initialisation, events and answers as JSON, errors, deadline, payload limits and the
environment. It lacks the sandbox (read-only files, memory, CPU), freezing and permissions.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.runtime_api import (
    Answered,
    Exited,
    Failed,
    Invocation,
    Outcome,
    Ready,
    RuntimeApi,
)

MAX_REQUEST_BYTES = 6 * 1024 * 1024
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
REGION = "eu-central-1"
ARN = f"arn:aws:lambda:{REGION}:000000000000:function:recognizer:live"
_INIT_S = 300  # Lambda gives 10; this machine's cores may be busy
_STOP_S = 300

Event = Mapping[str, Any]


class LambdaError(Exception):
    """The function failed, or Lambda would refuse; ``kind`` is Lambda's name of the error."""

    def __init__(self, kind: str, message: str, log: str = "") -> None:
        super().__init__(f"{kind}: {message}\n{log}".rstrip())
        self.kind = kind
        self.message = message
        self.log = log


class InitError(LambdaError):
    """The function did not start."""


class InvocationError(LambdaError):
    """One invocation failed."""


class LocalLambda:
    """A function that runs while the context is open; answers one invocation at a time.

    Args:
        env: the function's variables; nothing of this process's environment is inherited.
        command: starts the runtime; the handler's name is put at its end.
        handler: what the runtime imports and calls.
        task_root: the working directory, ``LAMBDA_TASK_ROOT``; an empty folder if left out.
        memory_mb: the memory size in the function's environment; nothing enforces it.
        timeout_s: after so long an invocation has failed, and its process is killed. Ours
            on AWS has 29 seconds, on cores of its own.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        command: Sequence[str] = (sys.executable, "-m", "awslambdaric"),
        handler: str = "recognizer.entrypoints.aws_lambda.handler.handler",
        task_root: Path | None = None,
        memory_mb: int = 2048,
        timeout_s: float = 300,
    ) -> None:
        self._given = dict(env)
        self._command = [*command, handler]
        self._task_root = task_root
        self._memory_mb = memory_mb
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        """Start the function. Raises ``InitError``."""
        with ExitStack() as opening:
            self._log = opening.enter_context(tempfile.TemporaryFile())
            empty = opening.enter_context(tempfile.TemporaryDirectory())
            self._cwd = self._task_root or Path(empty)
            self._api = RuntimeApi()
            opening.callback(self._api.close)
            self._start()
            opening.callback(self._stop)
            self._opened = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the function."""
        self._opened.close()

    def invoke(self, event: Event) -> dict[str, Any]:
        """Return the function's answer to one event. Start a new process if the last one ended.

        Raises:
            InitError: the new process did not start.
            InvocationError: the function raised, ended or took too long; or event or answer is
                larger than Lambda takes.
        """
        payload = json.dumps(event).encode()
        if len(payload) > MAX_REQUEST_BYTES:
            raise InvocationError(
                "RequestEntityTooLargeException",
                f"{len(payload)} byte payload is too large for the RequestResponse invocation "
                f"type (limit {MAX_REQUEST_BYTES} bytes)",
            )
        with self._turn:
            if self._process.poll() is not None:
                self._start()
            answer: dict[str, Any] = json.loads(self._answer_to(payload))
            return answer

    def logs(self) -> str:
        """The function's output so far, standard output and error."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    @property
    def runtime_address(self) -> str:
        """Host and port of the runtime API."""
        return self._api.address

    @property
    def pid(self) -> int:
        """The process id of the runtime."""
        return self._process.pid

    def _start(self) -> None:
        self._api.starts()
        self._process = subprocess.Popen(
            self._command,
            env=self._environment(),
            cwd=self._cwd,
            stdout=self._log,
            stderr=self._log,
        )
        watch = threading.Thread(
            target=_announce_end, args=(self._process, self._api.outcomes), daemon=True
        )
        watch.start()
        outcome = self._outcome(_INIT_S)
        if isinstance(outcome, Ready):
            return
        self._kill()
        failed = _as_failed(outcome, f"initialisation took more than {_INIT_S} seconds")
        raise InitError(failed.kind, failed.message, self.logs())

    def _answer_to(self, payload: bytes) -> bytes:
        self._api.events.put(self._invocation(payload))
        outcome = self._outcome(self._timeout_s)
        if isinstance(outcome, Answered):
            return outcome.payload
        failed = _as_failed(outcome, f"Task timed out after {self._timeout_s:.2f} seconds")
        if failed.kind in {"Sandbox.Timedout", "Function.ResponseSizeTooLarge"}:
            self._kill()  # after both, no process could answer the next one
        raise InvocationError(failed.kind, failed.message, self.logs())

    def _outcome(self, within_s: float) -> Outcome | None:
        try:
            return self._api.outcomes.get(timeout=within_s)
        except queue.Empty:
            return None

    def _invocation(self, payload: bytes) -> Invocation:
        trace = uuid.uuid4().hex
        return Invocation(
            request_id=str(uuid.uuid4()),
            payload=payload,
            deadline_ms=int((time.time() + self._timeout_s) * 1000),
            function_arn=ARN,
            trace_id=f"Root=1-{int(time.time()):08x}-{trace[:24]};Parent={trace[:16]};Sampled=1",
        )

    def _stop(self) -> None:
        """Let the runtime end by itself, so that it can write its coverage."""
        self._api.events.put(None)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._kill()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _environment(self) -> dict[str, str]:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
        return {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": "recognizer",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self._memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/recognizer",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/22/[1]0123456789abcdef0123456789abcdef",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
            "LAMBDA_TASK_ROOT": str(self._cwd),
            "LANG": "C.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
            **self._given,
            "_HANDLER": self._command[-1],
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
        }


def _announce_end(process: subprocess.Popen[bytes], outcomes: queue.SimpleQueue[Outcome]) -> None:
    outcomes.put(Exited(process.wait()))


def _as_failed(outcome: Outcome | None, timed_out: str) -> Failed:
    if isinstance(outcome, Failed):
        return outcome
    if isinstance(outcome, Exited):
        return Failed("Runtime.ExitError", f"Runtime exited with exit status {outcome.code}")
    return Failed("Sandbox.Timedout", timed_out)

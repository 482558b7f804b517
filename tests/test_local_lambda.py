"""The stand-in for Lambda behaves as Lambda does; other tests rely on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.local_lambda import MAX_REQUEST_BYTES, InitError, InvocationError, LocalLambda
from tests.support.runtime_api import MAX_RESPONSE_BYTES

TIMEOUT_S = 120
FUNCTION = """
import os, time

def handler(event, context):
    print("asked to", event.get("do"))
    match event.get("do"):
        case "raise":
            raise ValueError("so it was asked")
        case "end":
            os._exit(3)
        case "sleep":
            time.sleep(60)
        case "answer":
            return "x" * event["size"]
    return {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "left_ms": context.get_remaining_time_in_millis(),
        "arn": context.invoked_function_arn,
        "id": context.aws_request_id,
    }
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    (folder / "small.py").write_text(FUNCTION)
    (folder / "broken.py").write_text("raise RuntimeError('it does not start')")
    return folder


@pytest.fixture(scope="module")
def function(code: Path) -> Iterator[LocalLambda]:
    env = {"PYTHONPATH": str(code), "COLOUR": "green"}
    with LocalLambda(env, handler="small.handler", memory_mb=512, timeout_s=TIMEOUT_S) as function:
        yield function


def test_a_function_sees_its_own_environment_and_nothing_of_the_caller_s(
    function: LocalLambda,
) -> None:
    answer = function.invoke({})
    env = answer["environment"]
    assert (env["COLOUR"], env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) == ("green", "512")
    assert env["_HANDLER"] == "small.handler"
    assert env["LAMBDA_TASK_ROOT"] == answer["folder"]
    assert env["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert "HOME" in os.environ
    assert "HOME" not in env


def test_each_invocation_has_an_id_and_a_deadline(function: LocalLambda) -> None:
    first, second = function.invoke({}), function.invoke({})
    assert first["id"] != second["id"]
    assert 0 < first["left_ms"] <= TIMEOUT_S * 1000
    assert first["arn"].endswith(":function:recognizer:live")


def test_one_process_answers_one_invocation_after_the_other(function: LocalLambda) -> None:
    with ThreadPoolExecutor(4) as pool:
        answer = list(pool.map(function.invoke, [{}] * 8))
    assert {one["pid"] for one in answer} == {function.pid}
    assert len({one["id"] for one in answer}) == 8


def test_an_error_is_raised_with_the_log_and_the_next_invocation_is_answered(
    function: LocalLambda,
) -> None:
    before = function.pid
    with pytest.raises(InvocationError) as failed:
        function.invoke({"do": "raise"})
    assert (failed.value.kind, failed.value.message) == ("ValueError", "so it was asked")
    assert "asked to raise" in failed.value.log
    assert function.invoke({})["pid"] == before


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"do": "end"}, "Runtime.ExitError"),
        (
            {"do": "answer", "size": MAX_RESPONSE_BYTES},
            "Function.ResponseSizeTooLarge",
        ),
    ],
)
def test_after_a_process_is_lost_a_new_one_answers(
    function: LocalLambda, event: dict[str, object], kind: str
) -> None:
    before = function.pid
    with pytest.raises(InvocationError) as failed:
        function.invoke(event)
    assert failed.value.kind == kind
    assert function.invoke({})["pid"] != before


def test_an_invocation_that_takes_too_long_is_lost_with_its_process(code: Path) -> None:
    env = {"PYTHONPATH": str(code)}
    with LocalLambda(env, handler="small.handler", timeout_s=3) as function:
        with pytest.raises(InvocationError) as failed:
            function.invoke({"do": "sleep"})
        assert failed.value.kind == "Sandbox.Timedout"
        with pytest.raises(ProcessLookupError):
            os.kill(function.pid, 0)


def test_payloads_up_to_the_limit_pass_both_ways(function: LocalLambda) -> None:
    quotes = len('""')
    answer = function.invoke({"do": "answer", "size": MAX_RESPONSE_BYTES - quotes})
    assert len(answer) == MAX_RESPONSE_BYTES - quotes
    around = len('{"x": ""}')
    function.invoke({"x": "x" * (MAX_REQUEST_BYTES - around)})
    with pytest.raises(InvocationError) as refused:
        function.invoke({"x": "x" * (MAX_REQUEST_BYTES - around + 1)})
    assert refused.value.kind == "RequestEntityTooLargeException"


def test_a_function_that_does_not_start_says_why(code: Path) -> None:
    function = LocalLambda({"PYTHONPATH": str(code)}, handler="broken.handler")
    with pytest.raises(InitError) as failed, function:
        pass
    assert (failed.value.kind, failed.value.message) == ("RuntimeError", "it does not start")
    assert "broken.py" in failed.value.log


def test_at_the_end_the_process_is_gone(code: Path) -> None:
    with LocalLambda({"PYTHONPATH": str(code)}, handler="small.handler") as function:
        pid = function.invoke({})["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

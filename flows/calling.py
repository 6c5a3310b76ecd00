"""Calling a flow from the command line, with a Prefect server or without one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from storywire.settings import Settings
from storywire.store.files import StoreError

if TYPE_CHECKING:
    from prefect import Flow


def carry_out(flow: Flow[..., Any], **parameters: Any) -> Any:
    """Run a flow on the Prefect server where one is set, else right here; nothing is lost then but the UI.

    Raises:
        StoreError: A parameter cannot be, or the server does not answer.
    """
    from prefect.exceptions import ParameterTypeError
    from prefect.settings import PREFECT_API_URL

    log = logging.getLogger("prefect.flows")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it would say the same, in a paragraph
    try:
        checked = flow.validate_parameters(parameters)
    except ParameterTypeError as error:
        raise StoreError(_refusal(error)) from None
    finally:
        log.setLevel(level)
    served = bool(PREFECT_API_URL.value())
    if Settings().task_runner == "dask" and not served:
        raise StoreError("the task runner `dask` needs a Prefect server; set PREFECT_API_URL, or use `threads`")
    if served and (trouble := _healthcheck()):
        raise StoreError(
            f"the Prefect server at {PREFECT_API_URL.value()} does not answer ({trouble}); start it, or unset "
            "PREFECT_API_URL to run without one"
        )
    call: Callable[..., Any] = flow if served else flow.fn
    return call(**checked)


def _refusal(error: Exception) -> str:
    """What is wrong with the parameters, each with its value and by its name on the command line."""
    cause = error.__context__
    if not isinstance(cause, ValidationError):
        return str(error)
    said = []
    for one in cause.errors():
        parameter, what = str(one["loc"][0]), one["msg"].removeprefix("Value error, ")
        name = parameter.upper() if parameter in _ARGUMENTS else f"--{parameter.replace('_', '-')}"
        said.append(f"{name}: {what}" if str(one["input"]) in what else f"{name}: {what} (got {one['input']})")
    return "; ".join(said)


_ARGUMENTS = {"start", "end"}
"""Parameters that are given by their place, not as an option."""


def _healthcheck() -> str:
    """What is wrong with the server, if anything."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    return (str(error) or type(error).__name__) if error else ""

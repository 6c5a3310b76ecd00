"""Where the batches of a stage run: in this process, or on a Dask cluster."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from storywire.settings import Settings
from storywire.store.files import StoreError


def runner() -> TaskRunner[Any]:
    """The task runner the settings name.

    Raises:
        StoreError: It is Dask's, which is not installed.
    """
    settings = Settings()
    if settings.task_runner == "threads":
        return ThreadPoolTaskRunner()
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise StoreError("the task runner `dask` is not installed; pip install 'storywire[dask]'") from error
    return DaskTaskRunner(address=settings.dask_address)

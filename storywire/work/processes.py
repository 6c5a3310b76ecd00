"""Worker processes that leave the main module of whoever started them alone."""

from __future__ import annotations

import threading
from multiprocessing import process, spawn
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any


class Worker(ForkServerProcess):
    """A process that does not run the caller's main module again.

    multiprocessing does, so that functions defined there can be found. Ours live in modules, and
    the main module of a Prefect run takes seconds to load, in every worker anew.
    """

    _launching = threading.Lock()
    _starting = threading.Lock()

    def start(self) -> None:
        """Start, also from a daemonic process, such as a Dask worker under its nanny.

        multiprocessing forbids that, as the children of a daemon that is ended are left behind. Ours
        end by themselves when nobody is there any more to give them pages.
        """
        caller: dict[str, Any] = vars(process.current_process())["_config"]
        with Worker._starting:
            daemonic = caller.get("daemon")
            caller["daemon"] = False
            try:
                super().start()
            finally:
                caller["daemon"] = daemonic

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name multiprocessing calls
        plain = spawn.get_preparation_data

        def without_main(name: str) -> dict[str, Any]:
            data = plain(name)
            if name == process_obj.name:  # leave alone what other threads start meanwhile
                data = {key: value for key, value in data.items() if not key.startswith("init_main_from")}
            return data

        with Worker._launching:
            spawn.get_preparation_data = without_main
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                spawn.get_preparation_data = plain


class Context(ForkServerContext):
    """The forkserver start method, with workers that leave the main module alone."""

    Process = Worker

"""What runs inside a worker process: a task made once, then items in and answers out over two pipes.

Frames are pickles led by their length; the other end is ``claims.workers`` of the same installation, nobody else. The
process ends when its pipe closes, when it is killed, or by itself when one item takes far longer than it may.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import os
import pickle
import signal
import struct
from collections.abc import Callable
from typing import BinaryIO, Final

import msgspec

from evidence.problems import ClaimwiseError, StorageError

_LENGTH: Final = struct.Struct("<Q")
_GRACE: Final = 30  # seconds past the limit after which an item that nobody waits for any more is given up


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is to do: ``module.name(*arguments)`` makes the function that is called with each item.

    ``seconds`` is how long one item may take; ``None`` for as long as it needs.
    """

    module: str
    name: str
    arguments: tuple[object, ...]
    seconds: float | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an item: a value, or in one line why there is none."""

    value: object = None
    failed: str | None = None


def send(pipe: BinaryIO, value: object) -> None:
    """Writes one frame. Raises OSError when nobody reads any more."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> object:
    """The next frame. Raises EOFError when the other end has gone."""
    data = _exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0])
    return pickle.loads(data)  # noqa: S301 - written by our own process at the other end


def main() -> None:
    """Serves until the pipe closes. The first frame names the task, each other one is a list of items."""
    inlet, outlet = _pipes()
    with contextlib.suppress(EOFError, OSError):
        task = _begin(inlet, outlet)
        while task is not None:
            perform, seconds = task
            items = receive(inlet)
            assert isinstance(items, list)
            for item in items:
                send(outlet, _answer(perform, item, seconds))
    outlet.close = lambda: None  # type: ignore[method-assign]  # what could not be sent is not tried again
    os._exit(0)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; what anything prints goes to standard error instead."""
    inlet, outlet = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and closes the pipe
    return inlet, outlet


def _begin(inlet: BinaryIO, outlet: BinaryIO) -> tuple[Callable[[object], object], float | None] | None:
    order = receive(inlet)
    assert isinstance(order, Order)
    try:
        perform = getattr(importlib.import_module(order.module), order.name)(*order.arguments)
    except (ClaimwiseError, OSError) as error:
        send(outlet, error)
        return None
    except Exception as error:  # noqa: BLE001 - told by the parent; a traceback here is seen by nobody
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        send(outlet, StorageError(f"a worker cannot begin: {told}; is the same version of Claimwise there?"))
        return None
    gc.collect()
    gc.freeze()  # the library stays to the end; looking through it again and again takes a tenth of the time
    send(outlet, None)
    return perform, order.seconds


def _answer(perform: Callable[[object], object], item: object, seconds: float | None) -> Answer:
    if seconds is not None:
        faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=2)
    try:
        return Answer(value=perform(item))
    except (RecursionError, MemoryError):
        return Answer(failed="too deeply nested or too large to be read")
    except Exception as error:  # noqa: BLE001 - one bad item never keeps the others from being answered
        return Answer(failed=f"could not be judged: {type(error).__name__}: {' '.join(str(error).split())}")
    finally:
        if seconds is not None:
            faulthandler.cancel_dump_traceback_later()


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

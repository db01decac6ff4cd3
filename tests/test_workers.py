"""Worker processes: every item gets an answer, whatever becomes of the process that has it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from claims.worker_process import Order
from claims.workers import Attendant, Lost, in_turn
from evidence.problems import StorageError


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return Order(module="tests.worker_tasks", name="obedient", arguments=(str(tmp_path),), seconds=20)


def test_answers_come_in_the_order_of_the_items(order: Order) -> None:
    with Attendant(order) as attendant:
        assert attendant.answers(["one", "two"]) == ["ONE", "TWO"]
        assert attendant.answers([]) == []
        assert attendant.answers(["three"]) == ["THREE"]


def test_what_a_task_prints_is_no_answer(order: Order) -> None:
    with Attendant(order) as attendant:
        assert attendant.answers(["shout", "one"]) == ["SHOUT", "ONE"]


def test_an_item_that_fails_keeps_none_of_the_others(order: Order) -> None:
    with Attendant(order) as attendant:
        first, failed, last = attendant.answers(["one", "fail", "two"])
    assert (first, last) == ("ONE", "TWO")
    assert failed == Lost(status="failed", reason="could not be judged: KeyError: 'no such thing'")


def test_an_item_that_kills_its_worker_is_tried_twice_and_given_up(order: Order, tmp_path: Path) -> None:
    with Attendant(order) as attendant:
        answers = attendant.answers(["one", "die", "two"])
    assert answers == [
        "ONE",
        Lost(status="died", reason="ended the process that read it, twice (killed by SIGKILL)"),
        "TWO",
    ]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "x", "die": "xx", "two": "x"}


def test_a_worker_that_is_killed_by_chance_costs_nothing(order: Order) -> None:
    with Attendant(order) as attendant:
        assert attendant.answers(["one", "die once", "two"]) == ["ONE", "DIE ONCE", "TWO"]


def test_an_item_that_hangs_is_given_up_in_time(order: Order, tmp_path: Path) -> None:
    hasty = Order(module=order.module, name=order.name, arguments=order.arguments, seconds=0.5)
    began = time.monotonic()
    with Attendant(hasty) as attendant:
        answers = attendant.answers(["one", "hang", "two"])
    assert answers == ["ONE", Lost(status="timed-out", reason="took longer than 0.5 s: given up"), "TWO"]
    assert (tmp_path / "hang").read_text() == "x"
    assert time.monotonic() - began < 60


def test_what_keeps_the_task_from_being_made_is_told() -> None:
    with (
        Attendant(Order(module="tests.worker_tasks", name="impossible", arguments=())) as attendant,
        pytest.raises(StorageError, match="not a usable snapshot"),
    ):
        attendant.answers(["one"])


def test_workers_that_never_get_ready_are_given_up() -> None:
    with (
        Attendant(Order(module="tests.worker_tasks", name="stillborn", arguments=())) as attendant,
        pytest.raises(StorageError, match=r"ends before it is ready \(exit code 3\)"),
    ):
        attendant.answers(["one"])


def test_items_are_shared_out_and_all_come_back(order: Order) -> None:
    items = [f"item {number}" for number in range(20)]
    found = list(in_turn([items[at : at + 3] for at in range(0, 20, 3)], Attendant.answers, order, 3))
    assert sorted(answer for answers in found for answer in answers) == sorted(item.upper() for item in items)


def test_the_first_error_ends_all_and_waits_for_nobody(order: Order) -> None:
    def perform(attendant: Attendant, item: str) -> list[object]:
        if item == "full":
            raise StorageError("the disk is full")
        return attendant.answers([item])

    began = time.monotonic()
    with pytest.raises(StorageError, match="the disk is full"):
        list(in_turn(["hang", "one", "full", "two"], perform, Order(**{**_fields(order), "seconds": None}), 2))
    assert time.monotonic() - began < 60


def _fields(order: Order) -> dict[str, object]:
    return {"module": order.module, "name": order.name, "arguments": order.arguments}

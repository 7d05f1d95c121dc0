"""Reading ahead: in order, bounded, and over when its block is. What is made meanwhile is there when asked for."""

import threading
import time

import pytest

from hub.core.ahead import ahead, meanwhile


def test_everything_comes_in_order_and_another_thread_makes_it():
    makers = set()

    def items():
        for number in range(50):
            makers.add(threading.current_thread())
            yield number

    with ahead(items(), 3) as made:
        assert list(made) == list(range(50))
    assert threading.current_thread() not in makers
    assert len(makers) == 1


def test_an_error_comes_where_its_item_would_have():
    def items():
        yield 1
        raise LookupError("cut in the middle")

    with ahead(items()) as made:
        assert next(made) == 1
        with pytest.raises(LookupError, match="cut in the middle"):
            next(made)


def test_whoever_leaves_early_leaves_nothing_running():
    made_of = []
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), ahead(map(made_of.append, range(1000)), 3) as made:
        next(made)
        raise ZeroDivisionError
    assert threading.active_count() == before
    assert len(made_of) <= 4, "the one taken and three in advance"
    time.sleep(0.01)
    assert len(made_of) <= 4


def test_one_thing_is_made_while_the_block_goes_on():
    started, told = threading.Event(), threading.Event()

    def make():
        started.set()
        return told.wait(10)

    with meanwhile(make) as made:
        assert started.wait(10)
        told.set()
        assert made.result() is True


def test_what_could_not_be_made_is_said_where_it_is_asked_for():
    with meanwhile(lambda: [][0]) as made, pytest.raises(IndexError):
        made.result()

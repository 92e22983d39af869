"""What `check` says: no answer, one of the wrong kind, a wrong one, an error; and that every task refuses what is wrong."""

import numpy as np
import pandas as pd
import pytest
import torch
from lessons import LESSONS
from wrong_answers import TIME, WRONG

from widgets.lessons import check
from widgets.lessons.answers import LESSONS as NUMBERS
from widgets.lessons.answers import TASKS, Verdict, task, wrong


@pytest.fixture
def asked(monkeypatch):
    """A task of lesson 1 with a judge that the test gives."""

    def ask(judge, **settings):
        monkeypatch.setitem(TASKS, (1, 99), None)
        task(1, 99, **{"wanted": "a number of things", "kind": "a number", **settings})(judge)

    return ask


@pytest.mark.parametrize("answer", [None, ...])
def test_without_an_answer_it_says_what_to_put_in(answer):
    verdict = check(1, 1, answer)
    assert verdict.state == "open" and "the number of networks that are left" in verdict.message


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("a number", "7"), ("a number", True), ("a number", float("nan")), ("a whole number", 2.5), ("a word", 3),
        ("a list of numbers", [1, "2"]), ("a list of numbers", "12"), ("a list of words", "one"), ("True or False", 1),
        ("a function", 3), (Verdict, "right"),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_kind_is_told_what_was_expected(asked, kind, answer):
    asked(lambda _: pytest.fail("judged all the same"), kind=kind)
    verdict = check(1, 99, answer)
    assert verdict.state == "wrong" and "Expected " in verdict.message and repr(answer) in verdict.message
    assert "a number of things" in verdict.hint


@pytest.mark.parametrize(
    ("kind", "answer", "seen"),
    [
        ("a whole number", np.int64(3), 3), ("a whole number", 3.0, 3.0), ("a number", np.float32(0.5), 0.5),
        ("a list of numbers", np.arange(3), [0, 1, 2]), ("a list of numbers", (1, 2), [1, 2]), ("a word", " k3 ", "k3"),
        ("a list of numbers", pd.Index([5, 15]), [5, 15]), ("a list of numbers", pd.Series([1, 2])[[1, 0]], [2, 1]),
        ("a list of numbers", torch.tensor([0, 3]), [0, 3]), ("a list of numbers", range(2), [0, 1]),
    ],
)  # fmt: skip
def test_answers_of_other_packages_and_tuples_are_taken_as_plain_ones(asked, kind, answer, seen):
    asked(lambda given: Verdict("right" if given == seen and type(given) is type(seen) else "wrong", ""), kind=kind)
    assert check(1, 99, answer).right


def test_an_error_in_the_readers_function_is_told_and_not_raised(asked):
    asked(lambda function: function(1), kind="a function")
    verdict = check(1, 99, lambda x: x / 0)
    assert verdict.state == "wrong" and "ZeroDivisionError" in verdict.message


def test_the_box_escapes_and_names_its_state(asked):
    asked(lambda _: wrong("<b>", hint="&"))
    shown = check(1, 99, 1)._repr_html_()
    assert "&lt;b&gt;" in shown and "&amp;" in shown and "Not yet." in shown and 'role="status"' in shown
    assert repr(check(1, 99, 1)) == "Not yet. <b> Hint: &"


@pytest.mark.parametrize(("lesson", "number", "words"), [(0, 1, "lesson is 1 to 6"), (1, 7, r"has the tasks \[1, 2, 3")])
def test_a_task_that_is_not_there_is_an_error(lesson, number, words):
    with pytest.raises(ValueError, match=words):
        check(lesson, number, 1)


WRITTEN = [number for number in NUMBERS if any(path.stem.startswith(f"lesson_{number}_") for path in LESSONS)]


@pytest.mark.parametrize(("lesson", "number"), [(lesson, number) for lesson in WRITTEN for number in (1, 2, 3)])
def test_what_is_wrong_is_refused_and_says_why(lesson, number):
    for answer, words in WRONG[lesson, number]:
        verdict = check(lesson, number, answer)
        assert verdict.state == "wrong", answer
        assert words in verdict.message, verdict
        assert verdict.hint


def test_a_promise_may_be_of_whole_pictures():
    assert check(6, 3, int(1000 / TIME.high)).right and not check(6, 3, int(1000 / TIME.high) - 1).right

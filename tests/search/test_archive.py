"""Journals of the first versions, which hold trials that were under way."""

from small import PROBLEM, TRIALS, listed

from pnas_kit.search import ledger, search
from pnas_kit.search.journal import Journal, journal_storage


def test_a_journal_of_the_first_versions_goes_on_as_it_began(tmp_path, small_batches, local_list, monkeypatch):
    path = tmp_path / "journal"
    with monkeypatch.context() as before:
        before.setattr(ledger, "can_be_archived", lambda study: False)
        first = search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=journal_storage(path))
        found = [next(first) for _ in range(33)]
        first.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-4]))  # killed between two parameters
    found = Journal(path, PROBLEM).candidates()
    assert len(found) in (32, 33)
    found += search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=journal_storage(path))
    assert listed(found) == local_list


def test_a_finished_trial_is_one_line_and_never_half_of_one(tmp_path, small_batches, local_list):
    path = tmp_path / "journal"
    going = search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=journal_storage(path))
    next(going)
    before = path.read_bytes().count(b"\n")
    for _ in range(10):
        next(going)
    going.close()
    assert path.read_bytes().count(b"\n") == before + 10
    path.write_bytes(path.read_bytes()[:-7])  # killed while a line was being written
    found = Journal(path, PROBLEM).candidates()
    assert len(found) == 10

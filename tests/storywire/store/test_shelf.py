from pathlib import Path

import numpy as np
import pytest

from storywire.store.files import StoreError
from storywire.store.shelf import DamagedArraysError, Shelf, damaged

ARRAYS = {
    "hashes": np.array([1, 2**64 - 1], dtype=np.uint64),
    "flags": np.array([True, False, True]),
    "counts": np.array([-1, 7, 2**31 - 1], dtype=np.int32),
    "none": np.empty(0, dtype=np.int64),
}


def kept(shelf: Shelf, name: str = "2024-03", key: str = "k1") -> list[str]:
    """Asks for the arrays and says whether they had to be made."""
    made: list[str] = []

    def make() -> dict[str, np.ndarray]:
        made.append(name)
        return ARRAYS

    found = shelf.keep(name, key, make)
    assert list(found) == list(ARRAYS)
    for column, values in ARRAYS.items():
        assert found[column].dtype == values.dtype
        assert found[column].tolist() == values.tolist()
    return made


def test_what_is_kept_is_made_once_and_stays_between_runs(tmp_path: Path):
    assert kept(Shelf(tmp_path / "copies")) == ["2024-03"]
    assert kept(Shelf(tmp_path / "copies")) == []


def test_another_key_makes_it_anew(tmp_path: Path):
    shelf = Shelf(tmp_path)
    kept(shelf)
    assert kept(shelf, key="k2") == ["2024-03"]
    assert kept(shelf, key="k2") == []
    assert kept(shelf) == ["2024-03"]


@pytest.mark.parametrize("size", [0, 7, 30, 300])
def test_a_file_cut_short_is_made_anew(tmp_path: Path, size: int):
    kept(Shelf(tmp_path))
    path = tmp_path / "2024-03.arrays"
    path.write_bytes(path.read_bytes()[:size])
    assert kept(Shelf(tmp_path)) == ["2024-03"]


def test_any_flipped_bit_of_what_a_file_says_of_its_arrays_has_it_made_anew(tmp_path: Path):
    kept(Shelf(tmp_path))
    path = tmp_path / "2024-03.arrays"
    data = path.read_bytes()
    for bit in range(8 * data.index(b"}}") + 16):
        path.write_bytes(data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :])
        assert Shelf(tmp_path).last("2024-03") == {}, bit
    assert kept(Shelf(tmp_path)) == ["2024-03"]
    assert path.read_bytes() == data


def test_arrays_that_are_not_what_was_written_are_found_and_never_signed_anew(tmp_path: Path):
    kept(Shelf(tmp_path))
    path = tmp_path / "2024-03.arrays"
    assert damaged(tmp_path) == []
    data = bytearray(path.read_bytes())
    data[data.index(ARRAYS["counts"].tobytes())] ^= 1
    path.write_bytes(data)
    assert damaged(tmp_path) == [path]
    with pytest.raises(DamagedArraysError, match=str(path)):
        Shelf(tmp_path).last("2024-03")


def test_arrays_in_hand_outlive_their_file(tmp_path: Path):
    shelf = Shelf(tmp_path)
    before = shelf.keep("2024-03", "k1", lambda: ARRAYS)
    shelf.keep("2024-03", "k2", lambda: {"hashes": np.zeros(9, np.uint64)})
    assert before["hashes"].tolist() == [1, 2**64 - 1]


def test_what_nobody_asks_for_goes_unless_it_is_left(tmp_path: Path):
    old = Shelf(tmp_path)
    for name in ("2024-03", "2024-04", "2024-05"):
        kept(old, name)
    new = Shelf(tmp_path)
    kept(new, "2024-04")
    new.leave("2024-05")
    new.clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2024-04.arrays", "2024-05.arrays"]


def test_a_folder_that_cannot_be_written_is_said_by_name(tmp_path: Path):
    (tmp_path / "copies").write_text("a file where the folder belongs")
    with pytest.raises(StoreError, match="copies"):
        kept(Shelf(tmp_path / "copies"))

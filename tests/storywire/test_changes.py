from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from storywire import changes
from storywire.duplicates import several
from storywire.schema import DUPLICATES, EDGES, REVISIONS

TableOf = Callable[..., pa.Table]

LEAD = "The harbour of Norrby was closed on Monday after a barge broke loose and struck the pier."
MORE = "Divers are to look at the pillars before the ferries may land there again, the harbour master said."
LOCAL = "School buses from the islands will take the bridge until further notice, our reporter learned."


def test_a_copy_says_what_it_added_and_what_it_left_out(table_of: TableOf) -> None:
    texts = {"a1": f"{LEAD}\n{MORE}", "a2": f"{LOCAL}\n{LEAD}", "a3": f"{LEAD.upper()}\n\n{MORE}"}
    edges = table_of(
        EDGES, {"article_id": "a2", "original_id": "a1"}, {"article_id": "a3", "original_id": "a1", "kind": "exact"}
    )
    found = changes.of_copies(edges, several.between([("a2", "a1"), ("a3", "a1")], texts))
    assert found.schema.equals(DUPLICATES.arrow, check_metadata=True)
    copy, exact = found.to_pylist()
    assert [texts["a2"][span["begin"] : span["end"]] for span in copy["added"]] == [LOCAL]
    assert [texts["a1"][span["begin"] : span["end"]] for span in copy["removed"]] == [MORE]
    (shared,) = copy["shared"]
    assert texts["a2"][shared["begin"] : shared["end"]] == LEAD
    assert texts["a1"][shared["original_begin"] : shared["original_end"]] == LEAD
    assert (copy["added_characters"], copy["removed_characters"]) == (len(LOCAL), len(MORE))
    assert exact["added"] == exact["removed"] == []
    assert exact["added_characters"] == exact["removed_characters"] == 0
    assert len(exact["shared"]) == 1


def test_no_pair_makes_an_empty_table_of_the_declared_columns() -> None:
    assert changes.of_copies(EDGES.empty(), several.joined([])).equals(DUPLICATES.empty())
    assert changes.of_captures(REVISIONS.empty(), {}).equals(REVISIONS.empty())


def test_each_revision_is_compared_with_the_capture_after_it(table_of: TableOf) -> None:
    texts = {1: LEAD, 2: f"{LEAD}\n{MORE}", 3: f"{LOCAL}\n{MORE}"}
    rows = [{"article_id": "a1", "revision": number, "text": texts[number]} for number in (1, 2)]
    other = {"article_id": "a2", "revision": 1, "text": None}
    found = changes.of_captures(table_of(REVISIONS, *rows, other), {"a1": texts[3], "a2": LEAD}).to_pylist()
    first, second, without = found
    assert first["removed"] == []
    assert [texts[2][span["begin"] : span["end"]] for span in first["added"]] == [MORE]
    assert [texts[3][span["begin"] : span["end"]] for span in second["added"]] == [LOCAL]
    assert [texts[2][span["begin"] : span["end"]] for span in second["removed"]] == [LEAD]
    assert (without["added"], without["removed"]) == ([{"begin": 0, "end": len(LEAD)}], [])

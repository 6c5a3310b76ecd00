from itertools import product

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from storywire.components import Arrays
from storywire.duplicates import several
from storywire.hashes import of_rows

REPORT = " ".join(f"word{number} of the report on the ferry" for number in range(40))
TEXTS = {
    "report": REPORT,
    "trimmed": REPORT[: len(REPORT) // 2],
    "topped": f"Our own paragraph stands above it today. {REPORT}",
    "changed": REPORT.replace("word20 of", "another word entirely in place of"),
    "empty": "",
}
PAIRS = st.lists(st.sampled_from([pair for pair in product(TEXTS, TEXTS) if pair[0] != pair[1]]), unique=True)


@given(PAIRS, PAIRS)
def test_passages_are_the_same_whatever_was_known_before(earlier, pairs):
    asked = []

    def of(wanted, last) -> Arrays:
        def make(places) -> Arrays:
            asked.append([wanted[place] for place in places])
            return several.between(asked[-1], TEXTS)

        columns = (pa.array([pair[end] for pair in wanted], pa.string()) for end in (0, 1))
        return several.renewed(last, of_rows(*columns), make)

    found, anew = of(pairs, of(earlier, {})), several.between(pairs, TEXTS)
    assert asked == [earlier, [pair for pair in pairs if pair not in earlier]]
    assert found.keys() == {"pair", *anew}
    for name, values in anew.items():
        assert np.array_equal(found[name], values)
        assert found[name].dtype == values.dtype

"""The clean stage's own function, but for pages that ask for trouble; used by test_stage."""

import re

from storywire import pages
from tests.storywire.work.misbehaving import read_page


def clean(capture):
    """Read the page, or do what it asks for: `TROUBLE hangs`."""
    if words := re.search(rb"TROUBLE (\w+)", capture.body):
        read_page(words[1].decode())
    return pages.clean(capture)

"""Import this to have every table loaded that the first page of a process would wait for.

Month names of all languages, language profiles and word frequencies take some seconds together; a
worker that imports this module before its first page spends them outside that page's deadline, and
workers forked from a process that did spend none at all.
"""

from __future__ import annotations

import gc
import logging

from lxml.html import document_fromstring

from storywire import pages
from storywire.articles import extraction
from storywire.capture import Capture

PAGE = b"""<html lang="en"><head><title>Kiosk opens</title></head><body><article><h1>Kiosk opens</h1>
<p>By Ada Moor, 3 February 2026</p><p>NORRBY (AP) - The kiosk on the square has opened again after a winter of repairs,
and the first coffee was served to the builder who had mended its roof, its owner said on Tuesday.</p>
<p>The queue reached the fountain by noon. The owner, who had expected forty guests, ran out of cups twice.</p>
</article></body></html>"""

# trafilatura reports every odd page; what becomes of a page is said in the tables.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

pages.normalise(pages.clean(Capture(PAGE, "html", "warm.html")) | {"captured_at": None})
extraction.in_good_paragraphs(document_fromstring(PAGE))  # reads justext's common words of a hundred languages

# The tables are there for good. To look through them for garbage takes .2 s each time, as long as five pages, and
# writes into memory that forked workers would share.
gc.collect()
gc.freeze()

"""What one line of a page dump is: a sentence of the article, or something that stands around it.

A dump has no markup, so all that tells a paragraph from a menu is the line itself: how long it is,
whether it ends as a sentence does, and what it says. Lengths are counted script by script and no
list of stop words is asked, so that no language is second to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from storywire.articles.labels import label
from storywire.articles.latin import LETTERS, latin

Kind = Literal["blank", "prose", "short", "ending", "widget", "stamp", "credit", "notice"]

IDEOGRAPHS_PER_WORD = 2
"""Letters that make up for one word in running Chinese (1.5 to 2) and Japanese (2 to 2.5)."""

UNSPACED_PER_WORD = 4
"""Likewise in Thai, Lao, Khmer and Burmese (3 to 5)."""

PROSE_WORDS = 8
"""Words from which a line that ends as a sentence does is a paragraph: below it are quotes, but also slogans."""

OPEN_PROSE_WORDS = 25
"""Words from which a line is a paragraph however it ends. Headlines and teasers of any language stay below;
at 18 the labelled dumps lose a point of F1 to teasers, at 100 .2 to paragraphs that end in a link."""

LABEL_WORDS = 12
"""Words above which a line is no label: menu items, headings, stamps and captions stay below."""

REACH = 600
"""Characters of a line in which a credit or a notice is looked for: as many as its words may take."""

NOTICE_WORDS = 100
"""Words above which a line is no notice: consent texts stay below."""

_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uf900-\uff9f]")
"""Holds both, and is looked for first: few lines have either."""
_WORD = re.compile(r"\w+")
_SHAPE = bytes(ord("a" if letter.isalnum() or letter == "_" else " ") for letter in LETTERS)
_BULLET = re.compile(r"[•·▪■●◦‣⁃∙*+–—-](?=\s|$)\s*")
_ENDS = frozenset(".!?…。！？؟۔।॥‼⁇:：;；")
_CLOSERS = "\"'”’»›)]）］」』】*\u200b\u200e\u200f\xa0 "

_CREDIT = re.compile(
    r"©|\b(?:photos?|fotos?|pictures?|images?|imagen|imagem|bild|credits?|crédits?|quelle|fuente|fonte|фото|صورة)\s*[:/|]"
    r"|^\W*(?:photo|foto|picture|image)s?\s+(?:by|von|de|di|par|por)\b|\bgetty\b|\bshutterstock\b|\bap photo\b"
    r"|/\s?(?:dpa|afp|ap|reuters|efe|ansa|imago)\b|^[（(【]?(?:图|圖|写真|摄影|資料圖|资料图|图片|照片)\w{0,4}[:：/／]"
    r"|\[사진|사진\s?=|撮影",
    re.IGNORECASE,
)

_CREDIT_WORDS = tuple(
    """
©|foto|photo|image|imagen|imagem|picture|bild|credit|crédit|quelle|fuente|fonte|фото|صورة|getty|shutterstock
/dpa|/afp|/ap|/reuters|/efe|/ansa|/imago|图|圖|写真|摄影|資料圖|资料|照片|사진|撮影
""".strip()
    .replace("\n", "|")
    .split("|")
)
"""One of these stands in every credit: looking for them first spares most lines the pattern."""

# Words that speak to the reader of the page, or of rights in it: what holds them is never the article's.
_NOTICES = tuple(
    """
all rights reserved|enable javascript|your inbox|your email address|your browser|adblocker|ad blocker
already a subscriber|already a member|already have an account|already registered|our privacy policy|our terms
our newsletter|copyright ©|may not be published|may not be reproduced|may not be republished
may not be redistributed|subscribe now|subscribe to our|subscribe to continue|subscribe to read
subscribe to unlock|sign up for our|sign up for the|sign up to receive|sign up to get|log in to continue
log in to read|log in to comment|log in to your|log in to view|login to continue|sign in to continue
sign in to read|sign in to comment|sign in to your|sign in to view|we use cookies|uses cookies|use of cookies
accept cookies|accept all cookies|cookie policy|wir verwenden cookies|datenschutzerklärung
alle rechte vorbehalten|jetzt anmelden|jetzt abonnieren|melden sie sich an|nur für abonnenten
nous utilisons des cookies|tous droits réservés|aux abonnés|à nos abonnés|connectez-vous|déjà abonné
utilizamos cookies|todos los derechos reservados|inicia sesión|solo para suscriptores
todos os direitos reservados|faça login|exclusivo para assinantes|utilizziamo i cookie|tutti i diritti riservati
riservato agli abbonati|все права защищены|файлы cookie|войдите на сайт|только для подписчиков
جميع الحقوق محفوظة|ملفات تعريف الارتباط|سجل الدخول
版权所有|版權所有|请登录|請登入|仅限会员|無断転載|会員限定|ログインして
""".strip()
    .replace("\n", "|")
    .split("|")
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it reads without its bullet; `words` counts script by script, `closed` says it ends a sentence."""

    text: str
    words: float
    kind: Kind
    bullet: bool = False
    closed: bool = False


BLANK = Line("", 0, "blank")


def word_count(text: str) -> float:
    """Words of a text, in any script.

    >>> word_count("Two ferries collided."), word_count("两艘渡轮相撞。")
    (3, 3.0)
    """
    if (plain := latin(text)) is not None:
        return (b" " + plain.translate(_SHAPE)).count(b" a")
    if not _UNPARTED.search(text):
        return len(_WORD.findall(text))
    text, ideographs = _IDEOGRAPH.subn(" ", text)
    text, unspaced = _UNSPACED.subn(" ", text)
    return len(_WORD.findall(text)) + ideographs / IDEOGRAPHS_PER_WORD + unspaced / UNSPACED_PER_WORD


def is_closed(text: str) -> bool:
    """Whether a line ends as a sentence does, quotes and brackets aside, in any script.

    >>> is_closed("He said: “No.”"), is_closed("Harbour reopens")
    (True, False)
    """
    return text.rstrip(_CLOSERS)[-1:] in _ENDS


def has_bullet(raw: str) -> bool:
    """Whether a line opens with the mark of a list item."""
    return _BULLET.match(raw.lstrip()) is not None


def read_line(raw: str, notices: bool = True) -> Line:
    """One line of a dump: its text, its length and what it is; without `notices` these are not looked for.

    >>> read_line("   • Leave a Reply").kind
    'ending'
    """
    text = raw.strip()
    bullet = _BULLET.match(text)
    if bullet:
        text = text[bullet.end() :]
    words = word_count(text)
    if not words:
        return BLANK
    closed = is_closed(text)
    return Line(text, words, _kind(text, words, closed, notices), bullet is not None, closed)


def _kind(text: str, words: float, closed: bool, notices: bool) -> Kind:
    """What a line with words in it is; its own words decide before its shape does."""
    labelled = label(text) if words <= LABEL_WORDS else None
    if labelled:
        return labelled
    if words <= (LABEL_WORDS if closed else 2 * OPEN_PROSE_WORDS) and _is_credit(text[:REACH]):
        return "credit"
    if notices and words <= NOTICE_WORDS and _holds(text[:REACH].casefold(), _NOTICES):
        return "notice"
    return "prose" if words >= (PROSE_WORDS if closed else OPEN_PROSE_WORDS) else "short"


def _is_credit(text: str) -> bool:
    """Whether a line names who took a picture."""
    return _holds(text.casefold(), _CREDIT_WORDS) and _CREDIT.search(text) is not None


def _holds(text: str, parts: Iterable[str]) -> bool:
    """Whether any of some parts stands in a text."""
    return any(map(text.__contains__, parts))

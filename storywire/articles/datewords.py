"""The words dates are made of: months, weekdays, labels and zones, in the languages news is written in.

Month and weekday names come from CLDR (through babel), so no language is second class; labels such as
"Published" and "Mis à jour" are ours, since no public table holds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Literal

from babel.dates import get_day_names, get_month_names


def listed(words: str) -> tuple[str, ...]:
    """A table column written as one string: fifty short words are read faster in five lines than in fifty."""
    return tuple(words.split())


LOCALES = (
    *listed("af ar bg bn ca cs cy da de el en es et fa fi fil fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ne nl"),
    *listed("nb nn pa pl pt ro ru sk sl so sq sv sw ta te th tr uk ur vi zh"),
    # Regions whose months have names of their own.
    *listed("ar_DZ ar_IQ ar_MA ar_MR bn_IN de_AT en_AU en_CA en_GB es_MX es_PE fa_AF fr_CA pa_Arab pt_PT zh_Hant"),
    # Neighbours that langdetect has no profile for, and takes for one of the above.
    *listed("az be bs gl hy is ka kk ms sr sr_Latn"),
)
"""CLDR locales the tables are built from: langdetect's languages, regional names, near neighbours."""

USUAL_BESIDE_CLDR = {
    **{"mrz": 3, "maerz": 3, "sept": 9, "janv": 1, "okto": 10},
    **{"янв": 1, "фев": 2, "апр": 4, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "сент": 9, "окт": 10, "ноя": 11},
    **{"дек": 12, "জানুয়ারি": 1, "ফেব্রুয়ারি": 2},
}
"""Abbreviations and spellings that agencies and content management systems print and CLDR does not list."""

PHRASE_HEAD = re.compile(r"^(?:de |d'|d’|tháng |thg )")
COMBINING = re.compile(r"[\u0300-\u036f]")


def fold(word: str) -> str:
    """A word without case, accents and dots: how CLDR's, an editor's and a shouting header's spelling meet.

    Vowel signs of Indic scripts are letters there, not accents: they stay.

    >>> fold("FÉVR.") == fold("févr")
    True
    """
    bare = COMBINING.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return " ".join(bare.replace("ı", "i").replace(".", " ").split())


@cache
def month_names() -> Mapping[str, Mapping[str, frozenset[int]]]:
    """Folded month name -> language -> month; `listopad` is October in Zagreb and November in Warsaw."""
    table: dict[str, dict[str, set[int]]] = {}
    for locale in LOCALES:
        language = locale.split("_")[0]
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, locale).items():
                    phrase = fold(PHRASE_HEAD.sub("", name.casefold()))
                    spelled = {phrase, "ב" + phrase} if language == "he" else {phrase}
                    for spelling in spelled:
                        if spelling and not spelling[0].isdecimal():
                            table.setdefault(spelling, {}).setdefault(language, set()).add(number)
    for name, number in USUAL_BESIDE_CLDR.items():
        table.setdefault(fold(name), {}).setdefault("", set()).add(number)
    return {name: {lang: frozenset(found) for lang, found in by.items()} for name, by in table.items()}


def month_number(name: str, language: str | None = None) -> int | None:
    """The month a word names: in `language` if it is a month there, else where all languages agree.

    >>> month_number("ноября"), month_number("listopada"), month_number("listopada", "hr")
    (11, None, 10)
    """
    by_language = month_names().get(fold(name))
    if not by_language:
        return None
    own = by_language.get((language or "").split("-")[0].lower())
    found = own if own and len(own) == 1 else frozenset().union(*by_language.values())
    return next(iter(found)) if len(found) == 1 else None


ACCUSATIVE = {"a": ("u", "ę"), "а": ("у",), "я": ("ю",), "e": ("i",)}
"""Endings of "on Wednesday" in Slavic languages, from the nominative that CLDR lists."""


@cache
def weekday_names(language: str) -> Mapping[str, int]:
    """Folded weekday name -> 0 for Monday to 6, in one language (BCP 47); empty where CLDR knows none."""
    primary = language.split("-")[0].lower()
    locale = {"no": "nb", "tl": "fil"}.get(primary, primary)
    if locale not in LOCALES:
        return {}
    table: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for number, name in get_day_names("wide", context, locale).items():
            base = fold(name)
            spelled = {base, base.removesuffix("-feira")}
            spelled |= {base[:-1] + fold(end) for end in ACCUSATIVE.get(base[-1:], ()) if locale not in ("es", "it")}
            if locale == "zh":
                spelled |= {base.replace("星期", week) for week in ("周", "週", "礼拜")}
            for spelling in spelled:
                table.setdefault(spelling, number)
    return table


Label = Literal["first", "published", "modified", "until", "today"]

LABELS: Mapping[Label, tuple[str, ...]] = {
    "first": (
        *(
            "first published",
            "originally published",
            "first posted",
            "original publication date",
            "erstveröffentlichung",
        ),
        *("ursprünglich veröffentlicht", "zuerst veröffentlicht", "erstmals veröffentlicht", "publié initialement"),
        *("publicado originalmente", "publicado por primera vez", "pubblicato originariamente", "впервые опубликовано"),
        *(
            "oorspronkelijk gepubliceerd",
            "ursprungligen publicerad",
            "pierwotnie opublikowano",
            "初回公開日",
            "首次发布",
        ),
    ),
    "published": (
        *("published", "posted", "publication date", "date published", "release date", "issued"),
        *("created", "submitted", "filed", "date posted", "pub date", "entry was posted"),
        *("veröffentlicht", "erschienen", "publiziert", "erstellt", "veröffentlichung", "datum"),
        *("gespeichert", "eingestellt", "verfasst", "soumis", "enviado", "inviato", "ingediend"),
        *("publié", "publiée", "mis en ligne", "paru", "date de publication", "posté"),
        *("publicado", "publicada", "fecha de publicación", "fecha", "pubblicato", "pubblicata", "data"),
        *(
            "gepubliceerd",
            "geplaatst",
            "publicerad",
            "publicerat",
            "publisert",
            "udgivet",
            "offentliggjort",
            "julkaistu",
        ),
        *(
            "opublikowano",
            "data publikacji",
            "publikacja",
            "dodano",
            "publikováno",
            "vydáno",
            "zverejnené",
            "objavljeno",
        ),
        *("objavljen", "publicat", "publicată", "közzétéve", "megjelent", "avaldatud", "publicēts", "paskelbta"),
        *("опубликовано", "опубликована", "дата публикации", "размещено", "опубліковано", "дата публікації"),
        *("публикувано", "публикувана", "објављено", "објавено", "δημοσιεύτηκε", "δημοσίευση", "δημοσιεύθηκε"),
        *("yayınlanma", "yayın tarihi", "yayınlandı", "giriş", "eklenme", "dipublikasikan", "diterbitkan", "đăng"),
        *("ngày đăng", "xuất bản", "nai-publish", "publikuar", "yhoeddwyd", "iliyochapishwa"),
        *("نشر", "نُشر", "نشرت", "تاريخ النشر", "تم النشر", "انتشار", "تاریخ انتشار", "شائع", "فورسم", "פורסם"),
        *("发布", "发表", "發布", "發表", "发布时间", "發佈", "公開", "公開日", "掲載", "配信", "投稿日", "公開日時"),
        *("입력", "등록", "게시", "승인", "发稿", "刊登", "प्रकाशित", "প্রকাশ", "প্রকাশিত", "เผยแพร่", "வெளியிடப்பட்டது"),
    ),
    "modified": (
        *("updated", "last updated", "update", "modified", "last modified", "edited", "revised", "corrected"),
        *("aktualisiert", "geändert", "letzte änderung", "letzte aktualisierung", "zuletzt", "bearbeitet", "stand"),
        *(
            "mis à jour",
            "mise à jour",
            "modifié",
            "modifiée",
            "actualisé",
            "actualizado",
            "actualizada",
            "actualización",
        ),
        *("última actualización", "modificado", "atualizado", "atualizada", "atualização", "aggiornato", "aggiornata"),
        *("ultimo aggiornamento", "modifica", "bijgewerkt", "gewijzigd", "laatst", "uppdaterad", "uppdaterat"),
        *(
            "oppdatert",
            "opdateret",
            "senest",
            "päivitetty",
            "muokattu",
            "aktualizacja",
            "zaktualizowano",
            "aktualizováno",
        ),
        *("aktualizované", "ažurirano", "actualizat", "frissítve", "frissült", "módosítva", "uuendatud", "atnaujinta"),
        *("обновлено", "обновлена", "изменено", "дата обновления", "оновлено", "обновена", "ажурирано"),
        *(
            "ενημερώθηκε",
            "ενημέρωση",
            "τελευταία",
            "güncelleme",
            "güncellendi",
            "diperbarui",
            "cập nhật",
            "përditësuar",
        ),
        *("تحديث", "آخر تحديث", "تم التحديث", "به‌روزرسانی", "עודכן", "更新", "更新时间", "最終更新", "更新日", "修改"),
        *("수정", "최종수정", "업데이트", "अपडेट", "अद्यतन", "আপডেট", "อัปเดต"),
    ),
    "until": (
        *("available until", "valid until", "expires", "expires on", "verfügbar bis", "gültig bis", "abrufbar bis"),
        *("disponible jusqu'au", "valable jusqu'au", "disponible hasta", "disponível até", "disponibile fino al"),
        *("доступно до", "beschikbaar tot", "tillgänglig till", "dostępne do", "截止日期"),
        *("valid from", "valid since", "in force since", "gültig ab", "gültig seit", "in kraft seit"),
        *("en vigueur depuis", "valable à partir du", "válido desde", "vigente desde", "in vigore dal", "valido dal"),
        *("geldig vanaf", "gäller från", "obowiązuje od", "действует с"),
    ),
    "today": (
        *(
            "today",
            "today is",
            "heute",
            "aujourd'hui",
            "aujourd’hui",
            "hoy",
            "hoje",
            "oggi",
            "vandaag",
            "idag",
            "i dag",
        ),
        *("dziś", "dzisiaj", "dnes", "danas", "сегодня", "сьогодні", "днес", "σήμερα", "bugün", "hari ini", "hôm nay"),
        *("اليوم", "امروز", "היום", "今天", "今日", "오늘", "आज", "วันนี้", "current date", "date today"),
    ),
}
"""What stands before a date and says what it is. Each is looked for as whole words, without case and accents."""

SPACELESS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


LONGEST_LABEL_WORDS = 4
"""Words of the longest label ("the entry was posted")."""


@cache
def _labels() -> tuple[Mapping[str, Label], tuple[tuple[str, Label], ...]]:
    """Labels of scripts that part words by blanks, and of those that do not."""
    phrases: dict[str, Label] = {}
    inside: list[tuple[str, Label]] = []
    for label, words in LABELS.items():
        for word in words:
            if SPACELESS.search(word):
                inside.append((fold(word), label))
            else:
                phrases[fold(word)] = label
    return phrases, tuple(inside)


def label_in(words: str) -> Label | None:
    """What the words before a date call it; the last label counts, as it stands nearest to the date.

    >>> label_in("Published: 3 March 2031, updated"), label_in("Опубликовано"), label_in("Weather")
    ('modified', 'published', None)
    """
    folded = fold(words)
    phrases, inside = _labels()
    found: list[tuple[int, int, Label]] = []
    tokens = list(TOKEN.finditer(folded))
    for end in range(len(tokens)):
        for start in range(max(0, end - LONGEST_LABEL_WORDS + 1), end + 1):
            label = phrases.get(folded[tokens[start].start() : tokens[end].end()])
            if label:
                found.append((tokens[end].end(), tokens[end].end() - tokens[start].start(), label))
    if SPACELESS.search(words):
        found += [(folded.rindex(word) + len(word), len(word), label) for word, label in inside if word in folded]
    return max(found)[2] if found else None


TOKEN = re.compile(r"[^\s:;,|()\[\]<>•·–—/]+")

ZONES: Mapping[str, int] = {
    **{"z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120},
    **{"eet": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180, "sast": 120, "eat": 180, "wat": 60, "cat": 120},
    **{"est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540},
    **{"akdt": -480, "hst": -600, "brt": -180, "pkt": 300, "npt": 345, "wib": 420, "wita": 480, "ict": 420, "hkt": 480},
    **{"sgt": 480, "pht": 480, "jst": 540, "kst": 540, "awst": 480, "acst": 570, "aest": 600, "aedt": 660, "nzst": 720},
    **{"nzdt": 780},
}
"""Zone abbreviation -> minutes east of Greenwich. Left out for naming several zones: CST, IST, BST, AST, ET, PT."""

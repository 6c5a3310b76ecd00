"""What short lines say on pages of any outlet: share buttons, comment boxes, lists of other stories.

Phrases are compared by whole words, without case and punctuation; where a script parts no words,
by characters. They are the common ones of each language, not those of an outlet.
"""

from __future__ import annotations

import re
from typing import Literal

Label = Literal["ending", "widget", "stamp"]

MAX_CHARACTERS = 200
"""Characters above which a line is no label, however few its words: bounds the work on hostile lines."""

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\d{1,2}[月时時]|\d[日分]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_AGO = re.compile(
    r"(?<!\d)\d{1,3}\s?(?:\w{1,12}\s(?:ago|назад|fa)\b|(?:小时|小時|分钟|分鐘|時間|分|日|天)前)"
    r"|\b(?:vor|il y a|hace|há|قبل|منذ)\s\d{1,3}\s\w+$",
    re.IGNORECASE,
)

# What follows such a line is no longer the article. A line counts when it begins with the phrase.
_ENDING_STARTS = """
related articles|related stories|related posts|related news|related topics|related content|related coverage
related links
related reading|related items|related tags|related video|related videos|leave a reply|leave a comment
leave your comment
leave your reply|post a comment|add a comment|write a comment|view comments|show comments|read comments
view all comments
see all comments|join the discussion|join the conversation|about the author|about author|about the authors
about the writer
previous post|previous article|previous story|next post|next article|next story|prev post|continue reading|more from
more stories|more articles|more on this|more on this story|more about|more like this|more in|most read|most popular
most viewed|most commented|most shared|most recent|recommended for you|recommended stories|recommended articles
you may also like|you might also like|you might like|you may like|you may also be interested|read next|up next
what to read next
recent posts|recent comments|recent news|recent articles|recent stories|latest news|latest stories|latest posts
latest headlines|latest articles|trending now|trending news|trending stories|popular posts|popular stories|top news
top stories
top headlines|editors picks|editor s picks|editor s choice|editors choice|around the web|from around the web
from the web
sponsored content|sponsored links|promoted stories|copyright|all rights reserved|filed under|posted in|posted under
tagged with
tagged as|tagged in|tags|topics|your email address will not be|required fields are marked
notify me
comments are closed|see author s posts|report a typo|send us a correction|have a tip|explore more|discover more
keep reading
lesen sie auch|lesen sie mehr|das könnte sie auch|das könnte dich|auch interessant|mehr zum thema|mehr zu|mehr aus
meistgelesen
meistgelesene|am meisten gelesen|kommentar schreiben|kommentar verfassen|kommentare anzeigen|alle kommentare
schreibe einen kommentar
verwandte artikel|verwandte themen|ähnliche artikel|ähnliche beiträge|weitere artikel|weitere themen
weitere nachrichten
weitere meldungen|weitere beiträge|schlagwörter|schlagworte|alle rechte vorbehalten|zur startseite|vorheriger beitrag
vorheriger artikel
nächster beitrag|nächster artikel|über den autor|über die autorin|artikel teilen|beitrag teilen|teilen sie
diesen artikel
lire aussi|à lire aussi|lisez aussi|à lire également|lire également|sur le même sujet|sur le même thème|articles liés
articles similaires|articles connexes|articles associés|laisser un commentaire|laissez un commentaire|les plus lus
les plus partagés
tous droits réservés|droits de reproduction|partager cet article|partager sur|article précédent|article suivant
à propos de l auteur
voir les commentaires|voir tous les commentaires|ajouter un commentaire|vous aimerez aussi|nos derniers articles
mots clés
te puede interesar|le puede interesar|también te puede|noticias relacionadas|artículos relacionados
contenido relacionado
lo más leído|lo más visto|más noticias|más información|deja un comentario|deja tu comentario|dejar un comentario
deja una respuesta
todos los derechos|lea también|lee también|leer también|archivado en|compartir en|compartir esta|entrada anterior
entrada siguiente|siguiente entrada|artículo anterior|artículo siguiente|sobre el autor|ver comentarios|sigue leyendo
etiquetas
leia também|leia mais|veja também|notícias relacionadas|artigos relacionados|matérias relacionadas|posts relacionados
mais lidas
mais notícias|mais sobre|deixe um comentário|deixe uma resposta|deixe seu comentário|todos os direitos|saiba mais
sobre o autor
compartilhe|partilhar|post anterior|próximo post|artigo anterior|próximo artigo|artigo seguinte
leggi anche|potrebbe interessarti|ti potrebbe interessare|potrebbero interessarti|articoli correlati|notizie correlate
i più letti
più letti|lascia un commento|tutti i diritti|riproduzione riservata|condividi su|condividi questo|articolo precedente
articolo successivo|prossimo articolo|sull autore
читайте также|читать также|материалы по теме|новости по теме|похожие материалы|похожие новости|похожие статьи
другие новости
оставить комментарий|оставьте комментарий|добавить комментарий|все права защищены|самое читаемое|самое популярное
предыдущая статья|следующая статья|предыдущая новость|следующая новость|об авторе|поделиться|подписывайтесь
нашли ошибку|теги|метки
اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|مقالات ذات صلة|موضوعات ذات صلة|شارك هذا
شارك المقال
اترك تعليقا|اترك تعليقاً|اترك ردا|أضف تعليق|جميع الحقوق محفوظة|الأكثر قراءة|الأكثر مشاهدة|المقال السابق|المقال التالي
عن الكاتب
lees ook|lees meer|meer nieuws|meer over|gerelateerde artikelen|geef een reactie|czytaj także|zobacz także|czytaj też
zobacz też
komentarze|powiązane artykuły|ilgili haberler|bunlar da ilginizi|yorum yaz|yorum yap|läs också|läs även|les også
læs også
"""

# The same where the whole line says no more than this; numbers and punctuation aside.
_ENDING_LINES = """
评论|評論|留言|コメント|댓글|タグ
comments|comment|related|popular|trending|tags|tag|topics|categories|category|recommended|latest|more|more news
discussion|responses
replies|previous|next|prev|sponsored|advertorial|newsletter|newsletters|share|share it|share article|follow us
see also|also read
kommentare|kommentar|themen|empfehlungen|verwandt|teilen|impressum|datenschutz|quelle|quellen|commentaires|commentaire
réactions
partager|thèmes|sujets|comentarios|comentario|relacionados|relacionadas|temas|compartir|comentários|comentário
assuntos
compartilhar|commenti|correlati|argomenti|tag|condividi|комментарии|комментарий|комментариев|по теме|теги|ещё по теме
ссылки
تعليقات|التعليقات|تعليق|وسوم|الوسوم|كلمات مفتاحية|مشاركة|شارك|reacties|opmerkingen|udostępnij|tagi|yorumlar|etiketler
kommentarer
"""

# Inside the article as well as around it: the line goes, the article may go on.
_WIDGET_STARTS = """
read more|read also|also read|see also|click here|sign up|subscribe|advertisement|story continues|article continues
continue reading
scroll to continue|watch|watch now|listen|photos|gallery|view gallery|see more|get the latest|follow us|support our
download our
share this|share on
skip to|save this|like this|loading|enlarge|open image|image|show caption|hide caption|toggle caption
print this
mehr lesen|weiterlesen|anzeige|werbung|newsletter|bild vergrößern|lire la suite|publicité|abonnez vous|inscrivez vous
leer más|publicidad|suscríbete|suscríbase|seguir leyendo|lea más|ler mais|continua após|publicidade|assine|inscreva se
leggi tutto|leggi di più|pubblicità|iscriviti|abbonati|читать далее|читать полностью|реклама|подписаться|إعلان|اشترك
"""

_WIDGET_LINES = """
share|tweet|email|e mail|print|save|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|copy link|link copied
photo|photos
video|videos|play|pause|close|menu|search|home|ad|ads|advertisement|credit|caption|image|more|back|top|reply|like
report|live
teilen|drucken|merken|suche|startseite|imprimer|envoyer|fermer|accueil|imprimir|enviar|cerrar|inicio|buscar|fechar
stampa|invia
печать|закрыть|поиск|طباعة|إغلاق|بحث
"""

# Scripts that part no words: the line begins with the characters.
_ENDING_CHARACTERS = tuple(
    """
相关阅读|相关新闻|相关文章|相关链接|相关报道|相關閱讀|相關新聞|相關文章|相關連結|相關報導|责任编辑|責任編輯|延伸阅读|延伸閱讀
推荐阅读|推薦閱讀|猜你喜欢|热门新闻|熱門新聞|热门文章|熱門文章|上一篇|下一篇|版权所有|版權所有|发表评论|發表評論
网友评论|全部评论|最新评论|分享到|分享至|更多新闻|更多新聞|更多阅读|标签|標籤
関連記事|関連ニュース|関連リンク|関連キーワード|関連トピックス|関連タグ|あわせて読みたい|こちらもおすすめ|おすすめ記事|人気記事
次の記事|前の記事|アクセスランキング|ランキング|コメントを|コメント一覧|この記事をシェア|無断転載|記事一覧
관련기사|관련 기사|저작권자|댓글|บทความที่เกี่ยวข้อง|ข่าวที่เกี่ยวข้อง
""".strip()
    .replace("\n", "|")
    .split("|")
)


def _phrases(block: str) -> frozenset[str]:
    """The phrases of a table above."""
    return frozenset(phrase for line in block.strip().splitlines() for phrase in line.split("|"))


_STARTS: tuple[tuple[Label, frozenset[str]], ...] = (
    ("ending", _phrases(_ENDING_STARTS)),
    ("widget", _phrases(_WIDGET_STARTS)),
)
_LINES: tuple[tuple[Label, frozenset[str]], ...] = (
    ("ending", _phrases(_ENDING_LINES)),
    ("widget", _phrases(_WIDGET_LINES)),
)
_LONGEST = 6
"""Words of the longest phrase."""


def label(text: str) -> Label | None:
    """What a short line is by its own words: `ending`, `widget`, `stamp` (a date or a time), or none of these.

    >>> label("12 Comments"), label("Lesen Sie auch: Fähre wieder frei"), label("3 May 2021 at 14:05")
    ('ending', 'ending', 'stamp')
    """
    if len(text) > MAX_CHARACTERS:
        return None
    if text.startswith(_ENDING_CHARACTERS):
        return "ending"
    tokens = _WORD.findall(text.casefold())
    whole = " ".join(token for token in tokens if not token.isdigit())
    for kind, phrases in _LINES:
        if whole in phrases:
            return kind
    heads = [" ".join(tokens[:size]) for size in range(1, min(_LONGEST, len(tokens)) + 1)]
    for kind, phrases in _STARTS:
        if not phrases.isdisjoint(heads):
            return kind
    return "stamp" if _is_stamp(text) else None


def _is_stamp(text: str) -> bool:
    """Whether a short line carries a date or a time, whatever the language of its month."""
    if not _DIGITS.search(text):
        return False
    if _CLOCK.search(text) or _AGO.search(text):
        return True
    return bool(_YEAR.search(text)) and len(_DIGITS.findall(text)) > 1

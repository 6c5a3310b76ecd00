"""Small words of some languages that tell a person or a place from other things written with a capital."""

from __future__ import annotations

from storywire.names.forms import key


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _keys(words: str) -> frozenset[str]:
    return frozenset(map(key, words.split()))


LOCATIVES = {
    "en": _listed("in from near at outside around across to into inside"),
    "de": _listed("in aus nach bei nahe um"),
    "fr": _listed("à a vers depuis"),
    "es": _listed("en desde hacia"),
    "it": _listed("a ad da"),
    "pt": _listed("em para desde"),
    "nl": _listed("in uit naar bij"),
    "ru": _listed("в во из под"),
    "uk": _listed("в у з із до під"),
}
"""Words a place stands after, in the languages whose names are read; elsewhere nothing is looked for."""

TITLES = _keys(
    """
    mr mrs ms miss dr prof professor sir lord lady dame king queen prince princess pope sheikh rabbi reverend
    rev president vice premier minister chancellor secretary senator sen congressman congresswoman
    representative rep governor gov mayor judge justice general gen colonel col captain capt major lieutenant lt
    sergeant sgt admiral commander officer chief chairman chairwoman director ceo spokesman spokeswoman
    spokesperson attorney prosecutor lawyer detective coach author actor actress singer ambassador candidate
    leader analyst economist deputy inspector herr frau präsident präsidentin kanzler kanzlerin bundeskanzler
    bundeskanzlerin ministerin außenminister ministerpräsident ministerpräsidentin bürgermeister bürgermeisterin
    oberbürgermeister sprecher sprecherin chef chefin trainer könig königin papst richter richterin abgeordnete
    abgeordneter vorsitzende vorsitzender m mme mlle monsieur madame président présidente ministre première
    maire sénateur sénatrice député députée directeur directrice roi reine pape juge procureur porte-parole
    général señor señora don doña presidente presidenta ministro ministra alcalde alcaldesa gobernador
    gobernadora senador senadora diputado diputada rey reina papa juez jueza fiscal portavoz directora canciller
    signor signora sindaco prefeito prefeita президент президента президентом президенту министр министра
    премьер губернатор губернатора мэр мэра депутат глава главы сенатор генерал канцлер директор адвокат
    секретарь пресс-секретарь представитель
    """
)
"""Keys of titles and offices that stand right before a person's name."""

SAYING = _listed(
    """
    said says told added wrote asked who whose sagte sagt erklärte betonte teilte berichtete dit déclaré affirmé
    indiqué expliqué qui dijo dice afirmó explicó aseguró declaró señaló quien disse dichiarato detto zei zegt
    сказал сказала заявил заявила сообщил сообщила отметил отметила подчеркнул добавил рассказал рассказала
    """
)
"""What people do and bodies do less: words beside a name that speak for a person."""

BODIES = _keys(
    """
    university college school institute academy hospital church cathedral museum theatre theater center centre
    stadium airport station bridge park street avenue road square lake river mount mountain island islands bay
    beach valley county city state states district province republic kingdom union league cup championship
    olympics open prize award awards party democrats republicans conservatives committee commission council
    court courts congress parliament senate house republican democrat democratic brotherhood movement front wing
    list trail syndrome agreement ministry department agency bureau office service services police army navy
    force forces corps guard bank group holdings company corp corporation inc ltd llc plc gmbh ag sa industries
    motors motor airlines airways association federation foundation fund society club times post journal news
    press tribune herald act bill law deal accord treaty war day week year hall memorial library media network
    studios pictures records universität hochschule schule klinik kirche straße platz partei verband verein
    stiftung gericht zeitung université école hôpital église rue place parti fondation société banque tribunal
    universidad escuela iglesia calle plaza partido fundación sociedad banco университет институт партия
    компания банк суд фонд театр музей площадь улица
    """
)
"""Keys of words in the names of bodies, works and sights, which may be called after people."""

DAYS = _listed(
    """
    monday tuesday wednesday thursday friday saturday sunday today january february march april may june july
    august september october november december montag dienstag mittwoch donnerstag freitag samstag sonntag
    januar februar märz mai juni juli oktober dezember
    """
)
"""Days and months in languages that write them large, which may follow a name."""

ABBREVIATED = _listed("un eu dc uss ss ms")
"""Letters with dots that are no initials."""

"""What outlets print day by day and is no story: it neither glues stories together nor makes a giant component."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from functools import cache
from itertools import product

import numpy as np
import pytest

from storywire.stories import linkage
from storywire.stories.clusters import Clusters
from tests.storywire.stories.newsroom import DAY, SMALL, Page, found, name, page, sentences, stories, words

A_FEW = 40
"""Pairs an article may bring, whatever the number of articles."""

SIGNS = ("Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo", "Libra", "Scorpio", "Capricorn", "Aquarius", "Pisces")
SKY = ("sunny", "cloudy", "overcast", "rainy", "windy", "foggy", "mild", "cool")
REAL = stories(12)


def weather(number: int, town: str, day: int) -> Page:
    lot = random.Random(10_000 + number)  # noqa: S311 - invented words, no secrets
    text = (
        f"Weather for {town}. It will be {lot.choice(SKY)} in the morning at {lot.randrange(30)} degrees and "
        f"{lot.choice(SKY)} in the afternoon at up to {lot.randrange(35)} degrees. Winds blow from the "
        f"{lot.choice(['north', 'south', 'west', 'east'])} at {lot.randrange(60)} kilometres per hour; humidity is "
        f"{lot.randrange(100)} percent, the chance of rain {lot.randrange(100)} percent. Sunrise and sunset, radar "
        "pictures and the outlook for the coming week stand on our weather page. Data come from the weather service."
    )
    return page(f"w{number:04}", f"Weather forecast for {town}", text, DAY + timedelta(days=day), "weather.example")


def shares(number: int, firm: str, day: int) -> Page:
    lot = random.Random(20_000 + number)  # noqa: S311 - no secret hangs on it
    up = lot.random() < 0.5
    text = (
        f"Shares of {firm} {'rose' if up else 'fell'} {lot.randrange(900) / 100} percent in "
        f"{lot.choice(['early', 'late', 'midday'])} trading to {lot.randrange(9000) / 100}; {lot.randrange(10**6)} "
        f"shares changed hands. The stock has a moving average of {lot.randrange(9000) / 100}, a market value of "
        f"{lot.randrange(900) / 10} billion and a dividend yield of {lot.randrange(9)}. Analysts gave it "
        f"{lot.randrange(9)} buy and {lot.randrange(9)} hold ratings in research notes. Institutional investors own "
        f"{lot.randrange(100)} percent of the company."
    )
    title = f"{firm} Shares {'Gap Up' if up else 'Trading Down'} {lot.randrange(900) / 100}%"
    return page(f"k{number:04}", title, text, DAY + timedelta(days=day), "ticker.example")


def horoscope(number: int, sign: str, day: int, site: str) -> Page:
    lot = random.Random(30_000 + number)  # noqa: S311 - no secret hangs on it
    moods = list(random.Random(3).sample(words(), 150))  # noqa: S311 - no secret hangs on it
    pools = [(0.45, list(SMALL)), (0.5, moods), (0.05, ["love", "money", "career", "Venus", "Moon"])]
    text = f"{sign} daily horoscope. {sentences(lot, pools, 6)}"
    return page(f"h{number:04}", f"{sign} horoscope for today", text, DAY + timedelta(days=day), site)


def obituary(number: int) -> Page:
    lot = random.Random(40_000 + number)  # noqa: S311 - no secret hangs on it
    given, family, town, born, father, sister, spouse = [name(lot) for _ in range(7)]
    work, joy = (
        lot.choice(["teacher", "nurse", "carpenter", "driver", "farmer", "clerk"]),
        lot.choice(["gardening", "fishing", "quilting", "bowling", "baking"]),
    )
    text = (
        f"{given} {family}, {lot.randrange(50, 99)}, of {town}, passed away peacefully on "
        f"{lot.choice(['Monday', 'Friday', 'Sunday'])} surrounded by family. Born in {born} to the late {father} "
        f"{family}, {given} worked for {lot.randrange(10, 40)} years as a {work} and enjoyed {joy} and time with the "
        f"grandchildren. {given} is survived by a spouse, {spouse}, {lot.randrange(2, 5)} children and many "
        f"nephews, and was preceded in death by a sister, {sister}. A funeral service will be held at the {name(lot)} "
        f"funeral home, with burial to follow at {name(lot)} cemetery. Donations may be made to the hospice. "
    )
    text += sentences(lot, [(0.5, list(SMALL)), (0.5, lot.sample(words(), 40))], 2)
    day = DAY + timedelta(days=number % 14)
    return page(f"o{number:04}", f"Obituary: {given} {family}", text, day, f"herald-{number % 3}.example")


def briefing(day: int) -> Page:
    """Three sentences each of ten stories of the last days, as they were reported."""
    today = DAY + timedelta(days=day)
    lot = random.Random(50_000 + day)  # noqa: S311 - no secret hangs on it
    recent = [row for row in REAL if today - timedelta(days=2) <= row["published_on"] <= today]
    items = {row["article_id"][:3]: row for row in lot.sample(recent, len(recent))}
    text = " ".join(f"{row['title']}. {'. '.join(row['text'].split('. ')[:3])}." for row in list(items.values())[:10])
    return page(f"b{day:02}", "Morning briefing: what to know today", text, today, "brief.example")


def column(day: int) -> Page:
    lot = random.Random(60_000 + day)  # noqa: S311 - no secret hangs on it
    names = [name(lot) for _ in range(8)]
    pools = [(0.45, list(SMALL)), (0.35, lot.sample(words(), 70)), (0.2, names)]
    return page(f"d{day:03}", "Your daily look", sentences(lot, pools, 14), DAY + timedelta(days=day), "daily.example")


def towns(count: int) -> list[str]:
    return [name(random.Random(70_000 + number)) for number in range(count)]  # noqa: S311 - no secret hangs on it


BAD = {
    "a thousand daily forecasts for one town": lambda: [weather(n, "Larvand", n) for n in range(1_000)],
    "twenty daily forecasts for fifty towns": lambda: [
        weather(n, town, day) for n, (day, town) in enumerate(product(range(20), towns(50)))
    ],
    "ten days of prices of a hundred shares": lambda: [
        shares(n, firm, day) for n, (day, firm) in enumerate(product(range(10), towns(100)))
    ],
    "three hundred shares on one day": lambda: [shares(n, firm, 0) for n, firm in enumerate(towns(300))],
    "horoscopes of two outlets": lambda: [
        horoscope(n, sign, day, site)
        for n, (day, sign, site) in enumerate(product(range(30), SIGNS, ("stars.example", "moon.example")))
    ],
    "obituaries": lambda: [obituary(n) for n in range(300)],
    "morning briefings": lambda: [briefing(day) for day in range(18)],
    "one headline every day": lambda: [column(day) for day in range(60)],
}
SMALL_GROUP = 15
"""Articles that noise may put together at most: forecasts for one town with the same figures are copies."""


def parted(of: Clusters, key: str) -> list[set[str]]:
    """The articles of each event, or of each story with lone events by themselves."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for row in of.clustered.to_pylist():
        members[row[key] or row["event_id"]].add(row["article_id"])
    return list(members.values())


@cache
def alone() -> Clusters:
    """The stories without anything beside them."""
    return found(REAL)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items of one component are clustered, component by component."""
    counts: list[int] = []
    average = linkage.average_linkage

    def counted(similarity, *rest, **more):
        counts.append(len(similarity))
        return average(similarity, *rest, **more)

    monkeypatch.setattr(linkage, "average_linkage", counted)
    return counts


def test_the_stories_by_themselves_are_twelve_of_three_events():
    events, running = parted(alone(), "event_id"), parted(alone(), "story_id")
    assert sorted(map(len, events)) == [4] * 36
    assert sorted(map(len, running)) == [12] * 12
    assert all(len({article[:3] for article in story}) == 1 for story in running)


@pytest.mark.parametrize("kind", BAD)
def test_it_leaves_the_stories_apart_and_whole_and_makes_nothing_large(kind, sizes: list[int], compared: list[int]):
    noise = BAD[kind]()
    ids = {row["article_id"] for row in noise}
    of = found([*REAL, *noise])
    for key in ("event_id", "story_id"):
        clustered = parted(of, key)
        real = [members - ids for members in clustered if members - ids]
        assert sorted(map(sorted, real)) == sorted(map(sorted, parted(alone(), key)))
        assert max(len(members & ids) for members in clustered) <= SMALL_GROUP
        # What of it lies in a story is a page or two about that story alone.
        assert all(len(members & ids) <= 2 for members in clustered if members - ids)
    assert max(sizes) <= 3 * SMALL_GROUP
    assert sum(compared) <= A_FEW * (len(REAL) + len(noise))


@pytest.mark.parametrize("off", [-365, 365])
@pytest.mark.parametrize("confidence", [0.95, 0.3])
def test_a_wrong_date_a_year_off_does_not_tear_a_time_line(off: int, confidence: float):
    wrong = {
        row["article_id"]: row | {"published_on": row["published_on"] + timedelta(days=off)}
        for row in REAL
        if row["article_id"] in {"s00-1-2", "s03-0-0", "s05-2-3"}
    }
    copied = wrong["s05-2-3"] | {"article_id": "x", "site": "copy.example", "date_confidence": confidence}
    of = found([*(wrong.get(row["article_id"], row) for row in REAL), copied])
    before = {frozenset(members - wrong.keys()) for members in parted(alone(), "story_id")}
    after = {frozenset(members - wrong.keys() - {"x"}) for members in parted(of, "story_id")}
    assert before == after - {frozenset()}
    spans = {row["story_id"]: (row["last_on"] - row["first_on"]).days for row in of.stories.to_pylist()}
    assert max(spans.values()) == 11


@pytest.mark.parametrize(("off", "confidence"), [(-365, 0.3), (365, 0.3), (365, 0.95)])
def test_a_copy_with_a_wrong_date_does_not_stretch_the_story(off: int, confidence: float):
    (row,) = [row for row in REAL if row["article_id"] == "s05-1-0"]
    day = row["published_on"] + timedelta(days=off)
    copied = row | {"article_id": "x", "site": "copy.example", "published_on": day, "date_confidence": confidence}
    of = found([*REAL, copied])
    assert max((one["last_on"] - one["first_on"]).days for one in of.stories.to_pylist()) == 11


def test_reports_of_one_outlet_on_one_story_are_no_series():
    own = [row | {"site": "only.example"} for row in REAL]
    assert sorted(map(sorted, parted(found(own), "story_id"))) == sorted(map(sorted, parted(alone(), "story_id")))


def test_a_game_that_two_outlets_report_is_one_event_though_one_has_a_game_every_day():
    rows = []
    for day, (home, guest) in enumerate(zip(towns(6), towns(12)[6:], strict=True)):
        lot = random.Random(80_000 + day)  # noqa: S311 - no secret hangs on it
        facts = [home, guest, *(name(lot) for _ in range(4)), *lot.sample(words(), 25)]
        play = ["goal", "penalty", "striker", "keeper", "header", "stoppage", "whistle", "midfield"]
        for outlet in range(2):
            text = sentences(lot, [(0.4, list(SMALL)), (0.4, facts), (0.2, play)], 12)
            site, when = f"sports-{outlet}.example", DAY + timedelta(days=day)
            rows.append(page(f"g{day}{outlet}", f"{home} beat {guest}", text, when, site))
    of = found(rows)
    assert sorted(map(sorted, parted(of, "event_id"))) == [[f"g{day}0", f"g{day}1"] for day in range(6)]


def test_series_do_not_depend_on_the_order_of_articles():
    noise = BAD["morning briefings"]() + [weather(n, "Larvand", n) for n in range(20)]
    rows = [*REAL, *noise]
    shuffled = [rows[place] for place in np.random.default_rng(5).permutation(len(rows))]
    assert found(shuffled).clustered.equals(found(rows).clustered)

import pytest

from storywire.stories.labels import label


@pytest.mark.parametrize(
    "title",
    [
        "Ferry sinks off Larvand",
        "BREAKING: Ferry sinks off Larvand",
        "UPDATE 2-Ferry sinks off Larvand",
        "WRAPUP 11-UPDATE: Ferry sinks off Larvand",
        "Live: Ferry sinks off Larvand",
        "Ferry sinks off Larvand - live updates",
        "Ferry sinks off Larvand (VIDEO)",
        "[Photos] Ferry sinks  off Larvand (+Video)",
        "Eilmeldung: Ferry sinks off Larvand",
        "Срочно: Ferry sinks off Larvand",
        "EN DIRECT - Ferry sinks off Larvand",
        "Ferry sinks off Larvand | The Vessin Echo",
        "News | Ferry sinks off Larvand | Vessin",
        "Ferry sinks off Larvand - Vessin Echo",
        "Ferry sinks off Larvand – The Vessin Echo",
        "Vessin Echo: Ferry sinks off Larvand — Video",
    ],
)
def test_what_the_newsroom_and_the_page_add_goes(title: str):
    assert label(title, "vessinecho.example", []) == "Ferry sinks off Larvand"


@pytest.mark.parametrize(
    "title",
    [
        "NATO: Larvand must pay more",
        "Larvand (Vessin) votes for a ferry",
        "Drovna: 'We saw the reef' - captain on trial",
        "Live animals found on ferry",
        "Echo of a wreck - Larvand mourns",
        "Watch: how",
        "Video",
        "F-16 falls into sea",
        "Update on the Larvand ferry",
    ],
)
def test_what_belongs_to_the_headline_stays(title: str):
    assert label(title, "vessinecho.example", []) == title


def test_another_outlets_name_stays_behind_a_dash_and_goes_behind_a_bar():
    assert (
        label("Ferry sinks off Larvand - Tarn Post", "vessinecho.example", []) == "Ferry sinks off Larvand - Tarn Post"
    )
    assert label("Ferry sinks off Larvand | Tarn Post", None, []) == "Ferry sinks off Larvand"


def test_keywords_stand_in_for_a_headline():
    assert label(None, "one.example", ["Larvand", "ferry", "reef", "gale", "captain"]) == "Larvand, ferry, reef, gale"
    assert label("  ", None, []) is None

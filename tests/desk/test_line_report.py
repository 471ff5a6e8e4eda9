"""What the line doctor says: every word in both languages, well or ill, with its number and what to do."""

import pytest

from appliance.desk.line_report import EN, JA, sentence
from appliance.wire_lines import LineFound


def test_both_languages_know_the_same_words() -> None:
    assert set(EN) == set(JA)
    assert {word for word in EN if not EN[word].well} == {word for word in JA if not JA[word].well}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("word", sorted(EN))
def test_every_finding_is_a_whole_sentence(word: str, language: str) -> None:
    words = (JA if language == "ja" else EN)[word]
    for is_well in (True, False):
        if words.well if is_well else words.ill:
            told = sentence(LineFound("l", word, is_well, 0.0, 12.0, "a detail"), language)
            assert told.endswith((".", "?", "。", "：a detail", "a detail"))
            assert "{" not in told


def test_a_tone_that_is_no_dial_tone_is_named() -> None:
    told = sentence(LineFound("l", "no_dial_tone", False, 0.0, 5.0, "-20 dB, 620 Hz"), "en")
    assert "a tone of -20 dB, 620 Hz was heard" in told
    assert "heard" not in sentence(LineFound("l", "no_dial_tone", False, 0.0, 5.0), "en")


def test_a_word_of_a_newer_lines_process_is_shown_as_it_is() -> None:
    assert sentence(LineFound("l", "hum", False, 0.0, 50.0, "loud"), "en") == "hum 50 loud"

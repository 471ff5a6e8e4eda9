"""Both languages say the same things, and everything said is written down."""

import re
import tomllib
from pathlib import Path

import pytest

from appliance.api import Status
from web import errors
from web.words import words_of

WEB = Path(errors.__file__).parent
# Keys made from a code at run time: `status.` + what the desk says.
MADE_UP = (
    "status.",
    "reason.",
    "origin.",
    "outcome.",
    "evidence.",
    "line.",
    "error.",
    "empty.",
    "column.",
    "short.",
    "agent.",
    "demo.",
    "part.",
    "callback.",
    "promise.",
    "talk.",
    "callfrom.",
    "hours.",
    "new.",
    "notice.",
    "messages.",
    "alert.",
)


def keys(language: str) -> set[str]:
    return {key for key, _ in words_of(language).texts}


def test_both_languages_have_the_same_keys() -> None:
    """S-M4: both languages."""
    assert keys("ja") == keys("en")


def test_both_languages_have_the_same_blanks() -> None:
    english = dict(words_of("en").texts)
    for key, text in words_of("ja").texts:
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key


def test_no_key_is_written_twice_and_none_is_empty_by_accident() -> None:
    for language in ("ja", "en"):
        tomllib.loads((WEB / "locale" / f"{language}.toml").read_text(encoding="utf-8"))  # TOML refuses doubles
        empty = {key for key, text in words_of(language).texts if not text}
        assert empty <= {"page.as_of_before", "page.as_of_after"}


def test_every_status_and_every_error_has_its_words() -> None:
    statuses = {f"status.{status.value}" for status in Status}
    refusals = {
        f"error.{error.code}" for error in vars(errors).values() if isinstance(error, type) and hasattr(error, "code")
    }
    assert statuses | refusals <= keys("en")


def used() -> str:
    sources = [path for folder in ("", "static", "templates") for path in (WEB / folder).glob("*.*")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources if path.suffix in (".py", ".js", ".html"))


def test_every_word_the_page_asks_for_is_there() -> None:
    asked = set(re.findall(r"""(?:say|\bt)\(["']([a-z_]+\.[a-z_]+)["']""", used()))
    assert len(asked) > 40
    assert asked <= keys("en")


def test_no_word_is_kept_that_nobody_says() -> None:
    text = used()
    unsaid = {
        key for key in keys("en") if not key.startswith(MADE_UP) and key not in text and key.split(".")[0] != "section"
    }
    assert unsaid == set()


def test_an_unknown_language_is_answered_in_english() -> None:
    assert words_of("fr").language == "en"


def test_a_word_nobody_translated_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_of("ja").say("page.nonsense")


@pytest.mark.parametrize(("language", "word"), [("ja", "勤務を開始"), ("en", "Go on duty")])
def test_the_vocabulary_is_the_fields(language: str, word: str) -> None:
    """S-M4, D-15: the words of the field."""
    assert words_of(language).say("agent.go_on") == word

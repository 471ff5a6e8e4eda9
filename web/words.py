"""The page's words in Japanese and English. Both files have the same keys; a test sees to it."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

LANGUAGES = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Keys are dotted: `agent.go_on`."""

    language: str
    texts: tuple[tuple[str, str], ...]

    def say(self, key: str, **words: str) -> str:
        """The sentence of `key` with `{names}` filled in; raises KeyError for a key nobody translated."""
        return _by_key(self)[key].format(**words)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in _by_key(self)


@functools.cache
def _by_key(words: Words) -> dict[str, str]:
    return dict(words.texts)


@functools.cache
def words_of(language: str) -> Words:
    """The words of `ja` or `en`; anything else is answered in English."""
    chosen = language if language in LANGUAGES else "en"
    raw = tomllib.loads(resources.files("web").joinpath(f"locale/{chosen}.toml").read_text(encoding="utf-8"))
    return Words(chosen, tuple(sorted(_flat(raw, ""))))


def _flat(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, str(value))]
    return found

"""The words of the kinds of problem: every kind is used, is told whole in both languages, and gets what it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from ingestion.problem import LANGUAGES, Told, kinds

ROOT = Path(__file__).parents[2]
# The calls that make a problem, and what they add by themselves to what is said.
MAKERS = {"Problem": set(), "FileUnreadable": set(), "Unreadable": {"found"}, "_problem": set(), "problem": set()}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("ingestion", "orchestration"):
        for path in sorted((ROOT / folder).glob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Where a problem is made of a kind that is written out: place, kind, call."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if name in MAKERS and isinstance(node.args[0].value, str):
                yield f"{path.name}:{node.lineno}", node.args[0].value, node


def placeholders(kind: str, language: str) -> set[str]:
    words = kinds()[kind].words[language]  # type: ignore[index]
    return {str(name) for template in words.values() for _, name, *_ in Formatter().parse(template) if name}


def said_in(call: ast.Call) -> set[str] | None:
    """The names of what a call says, where it writes them out; None where it does not."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    by_name = {str(word.arg): word.value for word in call.keywords}
    if "None" in by_name:
        return None
    if name in ("FileUnreadable", "Unreadable", "_problem"):
        return set(by_name) | MAKERS[name]
    dicts = [each for each in (*call.args, by_name.get("said")) if isinstance(each, ast.Dict)]
    if name == "Problem" and dicts and None not in dicts[0].keys:
        return {str(key.value) for key in dicts[0].keys if isinstance(key, ast.Constant)}
    return None


def test_every_kind_that_the_code_makes_has_words() -> None:
    made = list(calls())
    assert len(made) > 30
    assert [(place, kind) for place, kind, _ in made if kind not in kinds()] == []


def test_every_kind_is_made_somewhere() -> None:
    written = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(kinds()) - written) == []


def test_what_the_words_need_is_said() -> None:
    """Where what is said is written out in the call; the other problems are told in the tests of what finds them."""
    checked, lacking = set(), []
    for place, kind, call in calls():
        said = said_in(call)
        if said is not None:
            checked.add(kind)
            lacking += [(place, kind, missing) for missing in placeholders(kind, "en") - said]
    assert lacking == []
    assert len(checked) > 20


@pytest.mark.parametrize("kind", list(kinds()))
def test_a_kind_is_told_whole_in_both_languages(kind: str) -> None:
    described = kinds()[kind]
    assert described.rank in range(1, 6) and described.severity in ("error", "warning", "note")
    for language in LANGUAGES:
        words = described.words[language]
        assert list(words) == list(Told._fields)
        assert all(text.strip() == text and text for text in words.values()), (kind, language)
        assert words["hint"][-1] in ".}?", "a hint is a sentence"
        assert not words["reason"].endswith("."), "a reason stands within a sentence"
    in_both = [{name.removesuffix(f"_{language}") for name in placeholders(kind, language)} for language in LANGUAGES]
    assert in_both[0] == in_both[1], "the languages tell the same"


def test_the_words_are_not_those_of_the_other_language() -> None:
    for kind, described in kinds().items():
        for part in ("reason", "hint"):
            polish, english = described.words["pl"][part], described.words["en"][part]
            assert polish != english, (kind, part)
            assert english.isascii() or "’" in english or "–" in english, (kind, part)

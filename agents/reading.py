"""Prompt text to atoms: a small grammar of picture English, without a dictionary of things.

The reader walks the prompt once, left to right. At each place it tries the fixed phrases (time, weather, shot, side,
style, negation, relation), then a noun phrase; a relation waits for the noun phrase that completes it.
"""

from functools import lru_cache
from re import Match

from .language import phrases
from .language.atoms import Atom, Framed, Reading
from .language.noun_phrase import (
    PREPOSITIONS,
    NounPhrase,
    ends_run,
    goes_on,
    is_adverb,
    is_modifier,
    is_participle,
    is_verb,
    only_modifiers,
    says_one,
    settle,
)
from .language.nouns import PLURAL_ONLY, is_plural
from .language.sentence import Sentence
from .language.words import (
    BASES,
    COLOURS,
    DETERMINERS,
    FINITE,
    FUNCTION,
    GERUNDS,
    NOUNS_TOO,
    NUMBERS,
    PURPOSES,
    THINGS_TOO,
    TRANSITIVE,
    word_set,
)

__all__ = ["Atom", "Reading", "read"]

_PARTICLES = word_set("down up away back together apart off out")
_AGENTS = word_set("by with in of from to on around")
_DEGREES = word_set(
    """
    very quite rather really extremely highly slightly somewhat so too most more
    """
)
_LISTING = frozenset({"with", "between", "wearing", "holding", "carrying", "eating"})


@lru_cache(maxsize=4096)
def read(prompt: str) -> Reading:
    """Read a prompt.

    >>> [(atom.kind, atom.subject, atom.value) for atom in read("two red towers at dusk").atoms]
    [('existence', 'tower', ''), ('count', 'tower', '2'), ('attribute', 'tower', 'red'), ('time', '', 'dusk')]
    >>> read("a dog right of a bear").of("relation")
    (Atom(kind='relation', subject='dog', value='right of', other='bear'),)
    """
    reader = _Reader(prompt)
    while reader.at < len(reader.words):
        reader.step()
    reader.end_clause()
    return reader.reading()


_OPENING_TABLES: tuple[tuple[dict[str, str], Framed], ...] = (
    (phrases.SHOTS, "shot"),
    (phrases.WEATHER_ADJECTIVES, "weather"),
    (phrases.TIMES, "time"),
)


class _Reader(Sentence):
    """The rules; the sentence they work on keeps who is subject of what."""

    _pairs_said = 0
    """How many pairs the noun phrase being read counts."""
    _denied_by_no = False
    """Whether what is denied is denied by `no`, which an article ends: `no cats and a dog`."""

    def step(self) -> None:
        """Read one phrase or one word."""
        rules = (self._opening, self._negation, self._frame, self._place_or_relation, self._small_word, self._verb)
        if not any(rule() for rule in (self._punctuation, *rules, self._noun_phrase)):
            self.leave(self.words[self.at])
            self.at += 1

    # -- punctuation, openings, negation

    def _punctuation(self) -> bool:
        if self.words[self.at] not in ",.;:":
            return False
        if self.words[self.at] == ",":
            self.pause()
            if self._article_follows():
                self.keep_negation = False  # "no castle, a field": what has an article again is there
        else:
            self.end_clause()
        self.at += 1
        return True

    def _opening(self) -> bool:
        """Read `a wide shot of`, `an oil painting of`: the head names the picture, not what is in it."""
        found = None if self.main or self.waits else self.match(phrases.OPENING)
        if not found:
            return False
        mods, medium = f" {found['mods']}", found["medium"]
        for table, kind in _OPENING_TABLES:
            for phrase in sorted(table, key=len, reverse=True):
                if f" {phrase} " in mods:
                    mods = mods.replace(f" {phrase} ", " ")
                    self.frame(kind, table[phrase], found if kind == "shot" else None)
                    break
        rest = mods.split()
        if medium not in phrases.NEUTRAL_MEDIA:
            rest.append(medium)
        if rest:
            self.say("style", value=" ".join(rest))
        return self.take(found)

    def _negation(self) -> bool:
        if found := self.match(phrases.NOBODY):
            self.say("absence", "person")
            return self.take(found)
        found = self.match(phrases.NEGATION)
        if not found:
            return False
        self.drop_waiting()
        self.negated = True
        self._denied_by_no = found[0].split()[-1] == "no"  # "no cats and a dog"; but "without a cat and a dog"
        return self.take(found)

    def _article_follows(self) -> bool:
        return self.words[self.at + 1 : self.at + 2] in (["a"], ["an"], ["the"])

    # -- time, weather, shot, style: what concerns the whole frame

    def _frame(self) -> bool:
        if self.negated:
            return False
        rules = (self._falling, self._style, self._time, self._weather, self._shot)
        return any(rule() for rule in rules)

    def _falling(self) -> bool:
        found = self.match(phrases.FALLING)
        if not found:
            return False
        word = found["verb"] or {"rains": "raining", "snows": "snowing"}.get(found["finite"] or "", "storming")
        weather = {"rain": "rain", "snow": "snowfall"}.get(found["stuff"] or "") or phrases.WEATHER_VERBS[word]
        self.frame("weather", weather, found)
        return self.take(found)

    def _style(self) -> bool:
        found = self.match(phrases.IN_STYLE_OF)
        if found:
            self.say("style", value=found["of"] or found["done"])
            return self.take(found)
        found = self.match(phrases.STYLE) or (self.match(phrases.BARE_STYLE) if self.opens_segment() else None)
        if not found:
            return False
        self.say("style", value=found["style"].removesuffix(" style"))
        return self.take(found)

    def _time(self) -> bool:
        found = self.match(phrases.TIME) or (self.match(phrases.BARE_TIME) if self.opens_segment() else None)
        if not found or self.runs_on(found):
            return False
        self.frame("time", phrases.TIMES[found["time"]], found)
        if found["weathery"]:
            self.say("weather", value=phrases.weather_word(found["weathery"]))
        return self.take(found)

    def _weather(self) -> bool:
        found = self.match(phrases.WEATHER) or (self.match(phrases.BARE_WEATHER) if self.opens_segment() else None)
        if not found or self.runs_on(found):
            return False
        self.frame("weather", phrases.weather_word(found["weather"]), found)
        return self.take(found)

    def _shot(self) -> bool:
        if found := self.match(phrases.FROM):
            self.frame("shot", "aerial" if found["aerial"] else "wide" if found["wide"] else "close", found)
            return self.take(found)
        found = self.match(phrases.SHOT)
        if found:
            self.frame("shot", phrases.SHOTS[found["shot"]], found)
            return self.take(found)
        found = self.match(phrases.CLOSE_UP)
        if not found:
            return False
        self.frame("shot", "wide" if "panorama" in found[0] else "close", found)
        return self.take(found)

    # -- where things are

    def _place_or_relation(self) -> bool:
        found = self.match(phrases.POSITION)
        if found and not self.runs_on(found):
            self.position(found)
            return self.take(found)
        if found := self.match(phrases.RELATION_SIDE):
            self.wait(f"{found['side']} of")
            return self.take(found)
        found = self.match(phrases.RELATION)
        if not found:
            return False
        after = self.word_after(found)
        if found["relation"] == "to" and after in BASES and self.last:
            self.at += 1
            self.leave(self.words[self.at])
            self.at += 1
            return True
        value = "made of" if found["relation"] in phrases.MADE_OF else found["relation"]
        self.wait(value)
        return self.take(found)

    # -- small words

    def _small_word(self) -> bool:
        word = self.words[self.at]
        if word in ("and", "or", "but", "plus", "&"):
            self.joined = True
            still_denied = self.keep_negation and not (self._denied_by_no and self._article_follows())
            self.keep_negation = word == "or" or (word == "and" and still_denied)
        elif word in ("is", "are", "was", "were"):
            self.copula()
        elif word in ("that", "which", "who", "whose") and self.last and not self.waits:
            self.anchor = list(self.last)
        elif word in ("it", "them", "him", "he", "she", "they", "itself", "themselves"):
            self.pronoun()
        elif word in ("can", "could", "will", "would", "may", "might", "should"):
            if self.words[self.at + 1 : self.at + 2] and self.words[self.at + 1] in BASES:
                self.at += 1
        elif word in DETERMINERS or word in NUMBERS or word not in FUNCTION:
            return False
        self.at += 1
        return True

    def _verb(self) -> bool:
        """Read `holding a sword` as a relation, `standing` and `parked by` as what they are."""
        word = self.words[self.at]
        base = BASES.get(word) if self.last else None
        if not self.last or not (base or is_verb(word) or is_participle(word)) or self.waits or self.negated:
            return False
        if word in PURPOSES and self.joined and not self.after_copula:
            return False
        self.at += 1
        while self.at < len(self.words) and is_adverb(self.words[self.at]):
            self.leave(self.words[self.at])
            self.at += 1
        following = self.words[self.at] if self.at < len(self.words) else ""
        name = base or FINITE.get(word) or GERUNDS.get(word, word)
        if following in _PARTICLES:
            name, self.at = f"{name} {following}", self.at + 1
            following = self.words[self.at] if self.at < len(self.words) else ""
        if self.at < len(self.words) and (self.match(phrases.RELATION_SIDE) or self.match(phrases.POSITION)):
            following = ""  # "standing left of a piano": the side is no noun
        if is_participle(word) and following in _AGENTS:
            self.wait(f"{word} {following}", by_verb=True)
            self.at += 1
        elif not is_participle(word) and self._starts_noun(following):
            self.wait(TRANSITIVE.get(name, name), by_verb=True)
        else:
            is_of_last = is_participle(word) and not (self.anchor or self._is_object or self.after_copula)
            self.anchor = self.last[-1:] if is_of_last else self.subjects_of_verb()
            for subject in self.anchor:
                self.say("attribute", subject, name, "look" if is_participle(word) else "action")
        return True

    def _starts_noun(self, word: str) -> bool:
        if word in DETERMINERS or word in NUMBERS or word.isdigit() or word in ("it", "them", "him", "her"):
            return True
        return (
            bool(word)
            and word not in ",.;:"
            and word not in PREPOSITIONS
            and word not in FUNCTION
            and not is_verb(word)
        )

    # -- things

    def _noun_phrase(self) -> bool:
        start = self.at
        count, one, has_determiner = self._determiners()
        run = self._run()
        if not run:
            if isinstance(count, int) and not one:
                self.leave(self.words[self.at - 1])
            return self.at > start
        following = self.words[self.at] if self.at < len(self.words) else ""
        only_colour = len(run) == 1 and run[0] in COLOURS and (self.after_copula or self.waits_in())
        if one and len(run) > 1 and run[-1] in FINITE and run[-1] in NOUNS_TOO and not is_modifier(run[-2]):
            run.pop()  # "a gold dragon circles": one thing has no plural
            self.at -= 1
            following = self.words[self.at]
        adjectival = (only_modifiers(run) or only_colour or self._set_off(run, start)) and not has_determiner
        adjectival = adjectival and not self.negated
        if count and only_modifiers(run) and following == "and":
            self.elided.append((count, run))
        elif adjectival and (self.last or self.anchor):
            self.qualify(run)
        elif following == "'s":
            self.own(self._settled(run, one, count))
            self.at += 1
        else:
            listing = self.shared in _LISTING or self.shared.endswith((" with", " by"))
            listing = listing or (self.shared == "in" and not has_determiner)
            self.place(self._settled(run, one, count), listing=listing)
        return True

    def _set_off(self, run: list[str], start: int) -> bool:
        """Whether a colour stands between commas after its noun: `three dragons, gold, at dawn`."""
        is_alone = len(run) == 1 and run[0] in COLOURS and self.words[start - 1 : start] == [","]
        after = self.words[self.at : self.at + 2]
        return is_alone and after[:1] in ([","], ["."], [";"]) and after[1:] != ["and"] and bool(self.last)

    def _settled(self, run: list[str], one: bool, count: int | None) -> NounPhrase:  # noqa: FBT001 - private, named by its caller
        phrase = settle(run, singular_said=one, count=count)
        following = self.words[self.at] if self.at < len(self.words) else ""
        if phrase.noun in PLURAL_ONLY and self._pairs_said:
            # Of what is only named in the plural, a pair is one.
            phrase.count = self._pairs_said if self._pairs_said > 1 else None
        elif phrase.noun == "glasses" and (count or following == "of"):
            phrase.noun = "glass"
        self._pairs_said = 0
        return phrase

    def _determiners(self) -> tuple[int | None, bool, bool]:
        """Take determiners and numbers; gives the count, whether they go with one thing, whether there were any."""
        count: int | None = None
        one = False
        start = self.at
        if found := self.match(phrases.GROUPS):
            self.take(found)
        while self.at < len(self.words):
            word = self.words[self.at]
            if (found := self.match(phrases.PAIRS)) and (pairs := self._pairs(found)) is not None:
                count, one = pairs, False
                self.take(found)
            elif word in NUMBERS or word.isdecimal():
                count = NUMBERS.get(word) or int(word[:9])
                one = count == 1
            elif word in DETERMINERS:
                one = says_one(word)
                count = 1 if word in ("single", "lone", "solitary") else count
            elif word not in _DEGREES:
                break
            if not found or pairs is None:
                self.at += 1
        return count or None, one, self.at > start

    def _pairs(self, found: Match[str]) -> int | None:
        """Count `a pair of`, `two dozen`; 0 where no number follows from it, None where it is a thing (`a couple`)."""
        unit, how = found["unit"], found["how"] or "a"
        if how not in ("a", "an", "the") and how not in NUMBERS and not how.isdecimal():
            return None
        after = self.word_after(found)
        if unit.startswith(("pair", "couple")) and not found["of"] and not is_plural(after):
            return None
        times = NUMBERS.get(how) or (int(how[:6]) if how.isdecimal() else 1)
        self._pairs_said = times if unit.startswith("pair") else 0
        return 0 if unit == "dozens" else times * {"d": 12, "h": 6}.get(unit[0], 2)

    def _run(self) -> list[str]:
        run: list[str] = []
        while self.at < len(self.words):
            word = self.words[self.at]
            joins = word in ("and", ",") and bool(run) and is_modifier(run[-1])
            if joins and goes_on(self.words, self.at + 1):
                run += ["and"]
            elif word in _DEGREES and (not run or only_modifiers(run)) and self.at + 1 < len(self.words):
                pass
            elif ends_run(self.words, self.at, run) or (run and self._breaks(run)):
                break
            else:
                run.append(word)
            self.at += 1
        while run and run[-1] == "and":
            run.pop()
            self.at -= 1
        return run

    def _breaks(self, run: list[str]) -> bool:
        several = is_plural(run[-1]) or (self.joined and bool(self.main))
        if self.words[self.at] in BASES and several and run[-1] not in THINGS_TOO:
            return True
        if self.words[self.at] in ("made", "built") and self.match(phrases.RELATION):
            return True
        return bool(self.match(phrases.RELATION_SIDE) or self.match(phrases.FALLING))

"""CLIP as a critic: one atom at a time, each phrase against the phrases it must beat."""

import re
from collections.abc import Mapping, Sequence

from torch import Tensor

from ...core.crew import CriticSpec
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..checkpoint import words_of
from ..frame import decoded
from .eye import Eye
from .signature import signature

_WORD = re.compile(r"[^\W\d_]+")


class ClipCritic:
    """Any open_clip checkpoint in a folder: `open_clip_config.json` beside a .safetensors file.

    A score is the probability of the asked phrase in a softmax over it and its contrasts, at the model's own logit
    scale. Where the requirement comes with its prompt, it is the geometric mean of that and of the prompt's probability
    against itself with this one thing changed. A prompt is never asked alone. What it was not taught it leaves open.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec, self._eye = spec, Eye(spec)
        self._words = frozenset(spec.words or words_of(self._eye.folder))

    def spec(self) -> str:
        """Name the critic with its weights."""
        return signature(self._spec)

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Compare the picture with each requirement's phrases; it is embedded once for all of them."""
        seen = self._eye.see([decoded(picture)])  # (1, d)
        asked = [(one, self._phrases(one), self._known(one.in_context)) for one in requirements]
        self._eye.learn([said for _, phrases, prompts in asked for said in (*_answerable(phrases), *prompts)])
        return tuple(self._opinion(one, phrases, prompts, seen) for one, phrases, prompts in asked)

    def _known(self, prompts: Sequence[str]) -> Sequence[str]:
        """Give the prompt and its answerable changes; nothing where the prompt itself is not."""
        known = [one for one in prompts if not self._unknown(one)]
        return known if len(known) > 1 and known[0] == prompts[0] else ()

    def _phrases(self, requirement: Requirement) -> list[str] | str:
        """Give the asked phrase and its answerable contrasts, or why there is nothing to ask."""
        if not requirement.asks:
            return "it asks no phrase"
        unknown = self._unknown(requirement.asks)
        if unknown:
            return f"it was never taught {', '.join(unknown)}"
        contrasts = [one for one in requirement.contrasts if not self._unknown(one) and one != requirement.asks]
        if not contrasts:
            return f"nothing it was taught stands against {requirement.asks!r}"
        return [requirement.asks, *dict.fromkeys(contrasts)]

    def _opinion(
        self, requirement: Requirement, phrases: list[str] | str, context: Sequence[str], seen: Tensor
    ) -> Opinion:
        if isinstance(phrases, str):
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason=phrases)
        shares = self._eye.shares(phrases, seen)
        best = max(range(len(phrases)), key=shares.__getitem__)
        # Absence is asked positively: `a dragon` where no dragon may be.
        value = 1 - shares[0] if requirement.kind == "absence" else shares[0]
        if context:
            value = (value * self._eye.shares(context, seen)[0]) ** 0.5
        is_it = best == 0 and requirement.kind != "absence"
        evidence = f"seen with confidence {value:.2f}" if is_it else f"looks like {phrases[best]}, {shares[best]:.2f}"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)

    def _unknown(self, phrase: str) -> list[str]:
        return [word for word in _WORD.findall(phrase.lower()) if self._words and word not in self._words]


def _answerable(phrases: list[str] | str) -> Sequence[str]:
    return () if isinstance(phrases, str) else phrases

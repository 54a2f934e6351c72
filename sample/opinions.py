"""What member organisations answered: made up, so that the published shares and means of all respondents hold.

Each question is drawn by itself: first how many respondents chose each option (`spread`), then who they were, the more
satisfied ones choosing the better options. Whom a skip rule passes over answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ingestion.codebook import Codebook, Question
from sample.answers import Answers, is_number
from sample.calibration import Opinions

LEAST_ANSWERING = 0.93  # of those asked, where as many give a share that is as close to the printed one
DONT_KNOW = (0.05, 0.25)  # share of "don't know" beside a rating, of which nothing is printed
LOW_RATINGS = 0.3  # how many of the low ratings that the mean allows are given
LEAN = 1.5  # how much members lean to what their coordinator said, in standard deviations of their satisfaction
AMOUNT_STEP = 50.0  # zł
UNSURE = ("dont_know", "no_opinion")
# Options in which the last one is the best; elsewhere the first one is.
BEST_LAST = ("member_role", "member_internationalisation_services", "member_higher_fee")
REMARKS = (
    "Uwaga zmyślona: prosimy o więcej szkoleń.",
    "Uwaga zmyślona: składka jest w porządku; spotkania mogłyby być krótsze.",
    'Uwaga zmyślona: koordynator "zawsze odbiera telefon",\nale platforma bywa wolna.',
)


@dataclass(frozen=True)
class Respondents:
    """The members of an edition who answered: the index of each one's cluster, and their answers in that order."""

    cluster: np.ndarray
    answers: Answers


def spread(percentages: np.ndarray, n_asked: int) -> np.ndarray:
    """How many of those asked chose each option, so that the shares come as close to `percentages` as whole ones can.

    A few may have answered nothing: of all numbers answering that come as close, the highest is taken.
    """
    best, closest = np.zeros(len(percentages), int), np.inf
    for n in range(n_asked, max(int(n_asked * LEAST_ANSWERING), 1) - 1, -1):
        exact = (percentages + (100 - percentages.sum()) / len(percentages)) / 100 * n
        counts = np.floor(exact).astype(int)
        counts[np.argsort(counts - exact, kind="stable")[: n - counts.sum()]] += 1
        distance = np.abs(counts / n * 100 - percentages).max()
        if distance < closest - 0.01:
            best, closest = counts, distance
    return best


def ratings(mean: float, n: int) -> np.ndarray:
    """How many of `n` rated 1, 3 and 5, with the mean nearest to `mean` that there is."""
    points = round((mean - 1) / 2 * n)  # 0, 1 or 2 for each
    fewest, most = max(0, n - points), n - (points + 1) // 2
    low = round(fewest + LOW_RATINGS * (most - fewest))
    return np.array([low, 2 * (n - low) - points, points - (n - low)])


def draw_opinions(
    codebook: Codebook,
    survey: str,
    opinions: Opinions,
    per_cluster: float,
    coordinators: Answers,
    rng: np.random.Generator,
) -> Respondents:
    """The answers of members of the clusters whose coordinators' are given; `per_cluster` respond on average."""
    members = coordinators["members", None].astype(float)
    cluster = np.repeat(np.arange(len(members)), _responding(members, opinions.at_least, per_cluster, rng))
    drawing = _Drawing(codebook, survey, opinions, coordinators, cluster, rng)
    answers = {}
    for question in codebook.questions_of(survey):
        answers |= drawing.answer(question, answers)
    return Respondents(cluster, answers)


def _responding(members: np.ndarray, at_least: int, per_cluster: float, rng: np.random.Generator) -> np.ndarray:
    """How many members of each cluster respond: at least the published minimum, at most all of them."""
    counts = np.minimum(at_least, members).astype(int)
    total = min(round(per_cluster * len(members)), int(members.sum()))
    weights = np.sqrt(members) * rng.uniform(0.6, 1.4, len(members))
    while (left := total - counts.sum()) > 0:
        room = np.flatnonzero(counts < members)
        drawn = rng.choice(room, left, p=weights[room] / weights[room].sum())
        counts = np.minimum(counts + np.bincount(drawn, minlength=len(members)), members).astype(int)
    return counts


class _Drawing:
    """Draws the answers to one question after another."""

    def __init__(
        self,
        codebook: Codebook,
        survey: str,
        opinions: Opinions,
        coordinators: Answers,
        cluster: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        self.codebook, self.opinions, self.cluster, self.rng = codebook, opinions, cluster, rng
        self.n, self.n_clusters = len(cluster), len(coordinators["members", None])
        mood = rng.normal(0, 0.4, self.n_clusters)
        self.satisfaction = mood[cluster] + rng.normal(0, 1, self.n)
        self.leaning = {
            row.question_id: self._said(row.coordinator_question_ids.split(";"), coordinators)
            for row in codebook.confirmations
        }

    def _said(self, question_ids: list[str], coordinators: Answers) -> np.ndarray:
        """Whether each cluster's coordinator says that it is so: 1 or 0."""
        said = np.zeros(self.n_clusters)
        for (question_id, option), cells in coordinators.items():
            if question_id in question_ids and option is None:
                values = {o.option_id: o.value for o in self.codebook.options_of[question_id]}
                cells = np.array([values.get(cell, cell) if isinstance(cell, str) else cell for cell in cells], object)
            if question_id in question_ids:
                numbers = is_number(cells)
                said[numbers] = np.maximum(said[numbers], cells[numbers].astype(float) > 0)
        return said

    def answer(self, question: Question, known: Mapping[tuple[str, str | None], np.ndarray]) -> Answers:
        """The answers to one question, given those to the questions before it."""
        shares = self.opinions.shares.get(question.question_id, {})
        asked = np.arange(self.n)
        if question.asked_if_question:
            wanted = (question.asked_if_option or "").split(";")
            asked = np.flatnonzero(np.isin(known[question.asked_if_question, None].astype(str), wanted))
        if question.question_id in self.opinions.mean_numbers:
            return {(question.question_id, None): self._amounts(question, asked)}
        if question.type == "multiple_choice":
            return self._ticks(question, shares)
        if question.type != "single_choice":
            return {(question.question_id, None): self._detail(question)}
        return {(question.question_id, None): self._choices(question, shares, asked)}

    def _choices(self, question: Question, shares: Mapping[str, float], asked: np.ndarray) -> np.ndarray:
        options = self.codebook.options_of[question.question_id]
        mean = self.opinions.means.get(question.question_id)
        if mean is not None:
            answering = round(len(asked) * self.rng.uniform(LEAST_ANSWERING, 1))
            n_unsure = round(answering * self.rng.uniform(*DONT_KNOW))
            rated = sorted((option for option in options if option.value is not None), key=lambda o: o.value or 0)
            numbers = dict(zip([o.option_id for o in rated], ratings(mean, answering - n_unsure), strict=True))
            numbers |= {option.option_id: n_unsure for option in options if option.value is None}
            best_first = [option.option_id for option in rated[::-1]]
        else:
            percentages = np.array([shares.get(option.option_id, 100 / len(options)) for option in options])
            numbers = dict(zip([o.option_id for o in options], spread(percentages, len(asked)), strict=True))
            best_first = [option.option_id for option in options if option.option_id not in UNSURE]
            if question.question_id in BEST_LAST:
                best_first.reverse()
        wish = self.satisfaction[asked] + self.rng.normal(0, 1.2, len(asked))
        if question.question_id in self.leaning:
            wish += LEAN * self.leaning[question.question_id][self.cluster[asked]]
        mixed = self.rng.permutation(len(asked))
        n_answering = sum(numbers.values())
        unsure = [option_id for option_id in numbers if option_id in UNSURE]
        n_unsure = sum(numbers[option_id] for option_id in unsure)
        sure = mixed[: n_answering - n_unsure]
        if represented := self.opinions.clusters_choosing.get(question.question_id):
            sure, wish = mixed, self._of_clusters(represented, wish)
        chosen = np.repeat(np.array(best_first, object), [numbers[option_id] for option_id in best_first])
        order = sure[np.argsort(-wish[sure], kind="stable")][: len(chosen)]
        cells = np.full(self.n, None, object)
        cells[asked[order]] = chosen
        rest = np.setdiff1d(mixed, sure, assume_unique=True)
        for option_id in unsure:
            cells[asked[self.rng.permutation(rest)[:n_unsure]]] = option_id
        return cells

    def _of_clusters(self, n_clusters: int, wish: np.ndarray) -> np.ndarray:
        """How much each respondent wishes for the best option when it is chosen in so many clusters exactly."""
        sizes = np.bincount(self.cluster, minlength=self.n_clusters)
        large = np.argsort(-sizes * self.rng.uniform(0.5, 1, self.n_clusters), kind="stable")[:n_clusters]
        first = [np.flatnonzero(self.cluster == cluster)[0] for cluster in large]
        pushed = np.where(np.isin(self.cluster, large), wish, wish - 1000)
        pushed[first] += 1000
        return pushed

    def _ticks(self, question: Question, shares: Mapping[str, float]) -> Answers:
        answers: Answers = {}
        for option in self.codebook.options_of[question.question_id]:
            cells = np.zeros(self.n, object)
            if option.is_other:
                cells[:] = None
                cells[self.rng.random(self.n) < 0.04] = "działalność zmyślona"
            else:
                wish = self.satisfaction + self.rng.normal(0, 1.2, self.n)
                n_ticked = round(shares.get(option.option_id, 100 * self.rng.uniform(0.2, 0.6)) / 100 * self.n)
                cells[np.argsort(-wish, kind="stable")[:n_ticked]] = 1
            answers[question.question_id, option.option_id] = cells
        return answers

    def _amounts(self, question: Question, asked: np.ndarray) -> np.ndarray:
        """Amounts in whole steps that have the published mean, by turns a step more or less from the largest on."""
        mean = self.opinions.mean_numbers[question.question_id]
        most = (question.plausible_maximum or np.inf) / 2 / AMOUNT_STEP  # what is left over moves them by some steps
        drawn = np.round(self.rng.lognormal(0, 0.8, len(asked)) * mean / AMOUNT_STEP)
        steps = np.clip(drawn, 1, most).astype(int)
        order = np.argsort(-steps, kind="stable")
        left = round(mean * len(asked) / AMOUNT_STEP) - steps.sum()
        while left:
            moved = order[: abs(left)][steps[order[: abs(left)]] + np.sign(left) > 0]
            steps[moved] += np.sign(left)
            left -= np.sign(left) * len(moved)
        cells = np.full(self.n, None, object)
        cells[asked] = steps * AMOUNT_STEP
        return cells

    def _detail(self, question: Question) -> np.ndarray:
        cells = np.full(self.n, None, object)
        if question.type == "free_text":
            some = self.rng.random(self.n) < 0.1
            cells[some] = [REMARKS[i] for i in self.rng.integers(len(REMARKS), size=some.sum())]
        else:
            shortest = (question.plausible_minimum or 0) * 1.5
            cells[:] = np.round(shortest + self.rng.gamma(4, 120, self.n))
        return cells

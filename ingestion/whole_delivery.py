"""What only all surveys of a delivery together can show: parts above their whole, clusters that have not answered.

The doors judge both again in the warehouse; here they are told in the one list, with the cells they stand in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingestion.answers import Answer, SourceFile
from ingestion.codebook import Codebook
from ingestion.problem import Problem
from ingestion.value import format_bound


@dataclass
class Amount:
    """What one cluster answered to one question, in base units (zł, persons), and the first cell it stands in."""

    cell: Answer
    amount: float = 0.0


@dataclass
class WholeDelivery:
    """Takes a delivery's answers row by row, and keeps of them what is judged at the end."""

    codebook: Codebook
    clusters: set[str] = field(default_factory=set)
    answered: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _amounts: dict[tuple[str, str], Amount] = field(default_factory=dict)

    def __post_init__(self) -> None:
        in_totals = {
            question_id
            for total in self.codebook.totals
            for question_id in (*total.part_question_ids.split(";"), total.whole_question_id)
        }
        self._multipliers = {
            question.question_id: question.multiplier or 1.0
            for question in self.codebook.questions
            if question.question_id in in_totals and self.codebook.surveys[question.survey].respondents == "clusters"
        }

    def take(self, answers: Sequence[Answer]) -> None:
        """Take in the answers of one row."""
        if not answers:
            return
        survey, cluster = answers[0].survey, answers[0].cluster_id
        self.answered[survey].add(cluster)
        if self.codebook.surveys[survey].lists_clusters:
            self.clusters.add(cluster)
        if self.codebook.surveys[survey].respondents == "members":
            return
        for answer in answers:
            multiplier = self._multipliers.get(answer.question_id)
            if multiplier is None or answer.status != "given" or answer.answer_number is None:
                continue
            amount = self._amounts.setdefault((cluster, answer.question_id), Amount(answer))
            # A cluster that stands twice is told as such; its answers are not added up.
            if amount.cell.row_number == answer.row_number:
                amount.amount += answer.answer_number * multiplier

    def parts_above_whole(self) -> Iterator[Problem]:
        """A problem for each cluster whose parts add up to more than their whole, in whichever surveys they stand."""
        told: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
        clusters = sorted({cluster for cluster, _ in self._amounts})
        # Fewest parts first: a sum that is too large because of parts that are already told says nothing more.
        for total in sorted(self.codebook.totals, key=lambda total: total.part_question_ids.count(";")):
            part_ids = total.part_question_ids.split(";")
            for cluster in clusters:
                whole = self._amounts.get((cluster, total.whole_question_id))
                parts = [part for name in part_ids if (part := self._amounts.get((cluster, name)))]
                # Rounded to a millionth, so that sums of decimals are not called larger than they are.
                added = round(sum(part.amount for part in parts), 6)
                of_whole = told[cluster, total.whole_question_id]
                if whole is None or not parts or added <= round(whole.amount, 6):
                    continue
                if any(fewer <= set(part_ids) for fewer in of_whole):
                    continue
                of_whole.append(set(part_ids))
                first = parts[0].cell
                said = {
                    "parts": " + ".join(f"{part.cell.column_name} {format_bound(part.amount)}" for part in parts),
                    "added": format_bound(added),
                    "whole": format_bound(whole.amount),
                    "whole_file": whole.cell.file_name,
                    "whole_row": whole.cell.row_number,
                    "whole_column": whole.cell.column_name,
                }
                yield Problem(
                    "part_above_whole", first.file_name, first.row_number, first.column_name, first.sheet, said
                )

    def not_answered(self, files: Mapping[str, SourceFile]) -> Iterator[Problem]:
        """A problem for each survey of the benchmark among `files` that clusters of the register have not answered.

        None where responses of clusters that nobody knows, which are told already, may be theirs.
        """
        for survey, file in sorted(files.items()):
            missing = sorted(self.clusters - self.answered[survey])
            strangers = self.answered[survey] - self.clusters
            if len(missing) > len(strangers) and self.codebook.surveys[survey].enters_benchmark:
                said = {"n_missing": len(missing), "n_clusters": len(self.clusters), "missing": ", ".join(missing)}
                yield Problem("clusters_not_answered", file.file_name, said=said)

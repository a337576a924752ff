"""
Defects in what answers mean: administrations blended, totals out of missing answers, alerts missed.
"""

from typing import Final

from tests.mutants.tree import Defect, defect

ANSWERING: Final[tuple[Defect, ...]] = (
    defect(
        "blend answers: two administrations become one",
        "casework/records/assessment.py",
        "        value = view.value(unit)\n        if isinstance(value, dict):\n            return value\n",
        "        shown = view.units.get(unit)\n"
        "        values = [] if shown is None else [write.value for write in shown.live]\n"
        "        blended = {\n"
        "            item: answer\n"
        "            for value in values\n"
        "            if isinstance(value, dict)\n"
        "            for item, answer in value.items()\n"
        "        }\n"
        "        if blended:\n"
        "            return blended\n",
    ),
    defect(
        "answers are merged item by item: a later completion replaces an earlier one",
        "casework/records/assessment.py",
        'answers = answers("Answers", "Respuestas", rule=once())',
        'answers = answers("Answers", "Respuestas")',
    ),
    defect(
        "sum with missing as zero",
        "casework/instruments/evaluation.py",
        "        if total is None or not self.complete:\n            return None\n"
        "        scores = [self._counted(item, total.closed_counts_as) for item in self._items(total.items)]\n"
        "        return None if None in scores else sum(score for score in scores if score is not None)",
        "        if total is None:\n            return None\n"
        "        scores = [self._counted(item, total.closed_counts_as) for item in self._items(total.items)]\n"
        "        return sum(score for score in scores if score is not None)",
    ),
    defect(
        "a rule lowers: the newest level is written, not the greatest",
        "casework/risk/raising.py",
        "    greatest = max(levels, key=rank)",
        "    greatest = level",
    ),
    defect(
        "a raised level drops the reasons that were there",
        "casework/risk/raising.py",
        "added = known if _speaks_already(known, why) else [*known, why]",
        "added = [why]",
    ),
    defect(
        "the list of clients shows the danger read last, not the greatest",
        "casework/records/risk_flag.py",
        "        return max(one, other, key=rank)\n",
        "        return other\n",
    ),
)

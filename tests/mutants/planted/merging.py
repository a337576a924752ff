"""
Defects in merging: work that is dropped, blended or ordered otherwise on every replica.
"""

from typing import Final

from tests.mutants.tree import Change, Defect, defect

MERGING: Final[tuple[Defect, ...]] = (
    defect(
        "last writer wins",
        "sync/merge.py",
        "standing = tuple([other for other in unit.live if not _replaces(rule, named, office, other)])",
        "standing: tuple[Live, ...] = ()",
    ),
    defect(
        "drop the loser",
        "sync/merge.py",
        "standing = _with(standing, write if rule.keeps_bases else _without_over(write))",
        "standing = _with(standing, write if rule.keeps_bases else _without_over(write))[-1:]",
    ),
    defect(
        "first-come identity: rivals stand in the order in which they came",
        "sync/merge.py",
        "return tuple(sorted((*live, write), key=_order))",
        "return (*live, write)",
    ),
    defect(
        "retraction always wins",
        "sync/record.py",
        '_LIFE_RULE: Final = safest("retracted", "active", by="state")',
        '_LIFE_RULE: Final = safest("active", "retracted", by="state")',
    ),
    defect(
        "an edit that the retraction had not seen goes with it in silence",
        "sync/freeze.py",
        "return Life.RETRACTED_BUT_EDITED if edits - seen else Life.RETRACTED",
        "return Life.RETRACTED",
    ),
    defect(
        "row as unit: a device's write replaces the whole record",
        "sync/record.py",
        "        units = dict(self.units)\n        for write in accepted.changeset.writes:",
        "        device = accepted.changeset.prefix.device\n"
        "        units = {\n"
        "            unit: state\n"
        "            for unit, state in self.units.items()\n"
        "            if all(write.device == device for write in state.live)\n"
        "        }\n"
        "        for write in accepted.changeset.writes:",
    ),
    defect(
        "ignore *gone*: what was replaced before it came is live again",
        "sync/merge.py",
        "dead = write.name in unit.gone or "
        "(write.name in unit.yielding and not (rule.guards_office and office))",
        "dead = False",
    ),
    defect(
        "`once` superseded by `over`",
        "sync/rules.py",
        '    """Every accepted write stays; the first is shown until the office chooses another."""\n\n'
        "    ignores_over: ClassVar[bool] = True",
        '    """Every accepted write stays; the first is shown until the office chooses another."""\n\n'
        "    ignores_over: ClassVar[bool] = False",
    ),
    defect(
        "a settlement closes what its author had not seen",
        "sync/merge.py",
        "    return other.name in named and not guarded",
        "    return (other.name in named or len(named) > 1) and not guarded",
    ),
    defect(
        "a tablet overrules the office",
        "sync/merge.py",
        "    guarded = rule.guards_office and is_office(other.device) and not office",
        "    guarded = False",
    ),
    defect(
        "a late reply applied",
        "sync/exchange.py",
        "        if request is not self._awaited:\n            return None\n",
        "",
    ),
    defect(
        "the least protective value is shown",
        "sync/rules.py",
        "top = max(groups, key=lambda group: self.rank(group[0].value))",
        "top = min(groups, key=lambda group: self.rank(group[0].value))",
    ),
    defect(
        "what changed after the signature passes as signed",
        "sync/freeze.py",
        "    return Signed(by, content, digest, {unit: writes for unit, writes in late.items() if writes})",
        "    return Signed(by, content, digest, {})",
        Change(
            "sync/record.py",
            "        if self.signed is not None and unit in self.signed.content:\n"
            "            return self.signed.content[unit]\n",
            "",
        ),
    ),
)

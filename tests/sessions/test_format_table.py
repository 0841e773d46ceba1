"""`docs/formats.md` says what the cases say. `python -m tests.sessions.test_format_table` writes its tables anew."""

import re
from pathlib import Path

from tests.sessions.test_format_cases import CASES, TARGETS, source_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats.md"
MARKS = re.compile(r"(?<=<!-- cases -->\n).*(?=<!-- end of cases -->)", re.DOTALL)


def table_of(source: str) -> str:
    """One row a case: the thing, and what becomes of it in each format."""
    targets = [source, *(target for target in TARGETS if target != source)]
    rows = [f"| {source} in | " + " | ".join(f"{target} out" for target in targets) + " |", "|---" * 5 + "|"]
    refusals = [f"\nRefused as {source}:\n"]
    for name, case in CASES.items():
        if source_of(name) != source:
            continue
        if "refused" in case:
            refusals.append(f"- {case['thing']}: `{case['refused']}`")
            continue
        cells = [cell(case["to"][target]) for target in targets]
        rows.append(f"| {case['thing']} | " + " | ".join(cells) + " |")
    return "\n".join([f"### {source}\n", *rows, *refusals]) + "\n"


def cell(expected: dict[str, str]) -> str:
    return f"degraded: {expected['how']}" if expected["verdict"] == "degraded" else expected["verdict"]


def tables() -> str:
    verdicts = [expected["verdict"] for case in CASES.values() for expected in case.get("to", {}).values()]
    refused = sum("refused" in case for case in CASES.values())
    counted = (
        f"{len(CASES)} cases: {verdicts.count('lossless')} lossless and {verdicts.count('degraded')} degraded ways out "
        f"of {len(CASES) - refused} messages, {refused} refused.\n"
    )
    return "\n" + "\n".join([counted, *(table_of(source) for source in TARGETS)]) + "\n"


def test_the_document_says_what_the_cases_say() -> None:
    found = MARKS.search(DOCUMENT.read_text())
    assert found is not None
    assert found[0] == tables(), "write it anew: python -m tests.sessions.test_format_table"


if __name__ == "__main__":
    DOCUMENT.write_text(MARKS.sub(lambda _: tables(), DOCUMENT.read_text()))

"""The README's example of a new edition: a file, no Python."""

import re
from datetime import date
from pathlib import Path

from pipelines.facts.case import facts_from_case
from pipelines.qualification.assessment import qualify
from pipelines.qualification.policies import SHIPPED, read_policies
from pipelines.vocabulary import Programme, Verdict

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_edition_of_the_readme_is_read_and_judges_from_its_day_on(tmp_path: Path) -> None:
    text = re.search(r"```yaml\n(title: .*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL).group(1)
    file = tmp_path / "county_high_tech" / "2027-01-01.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    policies = read_policies(SHIPPED, tmp_path)

    def judged(as_of: str, spend: str) -> dict[str, Verdict]:
        facts = facts_from_case({"as_of": as_of, "facts": {"rd_spend": spend}})
        policy = policies.in_force(Programme.HIGH_TECH, date.fromisoformat(as_of))
        return {finding.id: finding.verdict for finding in qualify(facts, policy).findings}

    assert judged("2027-06-30", "100万")["county_rd_spend"] is Verdict.MET
    assert judged("2027-06-30", "999999")["county_rd_spend"] is Verdict.NOT_MET
    assert "county_rd_spend" not in judged("2026-12-31", "1万")

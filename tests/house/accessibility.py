"""What axe finds on the pages, gathered into the file that the accessibility declaration reads."""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

RANK = ("minor", "moderate", "serious", "critical")
LOOK = """async (theme) => {
  document.documentElement.dataset.bsTheme = theme;
  const found = await axe.run({resultTypes: ["violations"], preload: false});
  const told = ({id, impact, tags, nodes}) => ({id, impact, tags, elements: nodes.length, words:
    nodes[0] ? `${nodes.slice(0, 3).map(({target}) => target)} ${(nodes[0].failureSummary || "").slice(0, 160)}` : ""});
  return {engine: `axe-core ${found.testEngine.version}`,
    violations: found.violations.map(told), passes: found.passes.map(told)};
}"""


class Survey:
    """The rules of the RGAA that each page keeps and breaks, over all its sizes and themes."""

    def __init__(self) -> None:
        self.engine = ""
        self.criteria: dict[str, dict[str, list[str]]] = {"portal": {}, "backoffice": {}}
        self.paths: dict[str, str] = {}
        self.kept: dict[str, set[str]] = defaultdict(set)
        self.broken: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)

    def add(self, endpoint: str, path: str, found: dict[str, Any]) -> None:
        """One look at one page: what `LOOK` answered."""
        self.engine, self.paths[endpoint] = found["engine"], path
        for rule in self._of_the_rgaa(endpoint, found["passes"]):
            self.kept[endpoint].add(rule["id"])
        for rule in self._of_the_rgaa(endpoint, found["violations"]):
            before = self.broken[endpoint].get(rule["id"], {"impact": "minor", "elements": 0})
            self.broken[endpoint][rule["id"]] = {
                "impact": max(rule["impact"], before["impact"], key=RANK.index),
                "elements": max(rule["elements"], before["elements"]),
            }

    def write(self, file: Path, today: date) -> None:
        """One line a page, so that a difference between two runs reads well."""
        pages = [
            {
                "page": endpoint,
                "path": self.paths[endpoint],
                "passed": len(self.kept[endpoint] - set(self.broken[endpoint])),
                "faults": self.broken[endpoint],
            }
            for endpoint in sorted(self.paths)
        ]
        lines = [f'"tested_on": "{today}"', f'"engine": {json.dumps(self.engine)}']
        for face, rules in self.criteria.items():
            assert rules, f"no page of {face} was looked at"
        lines.append(f'"rules": {json.dumps(self.criteria, sort_keys=True, indent=1)}')
        lines.append('"pages": [\n' + ",\n".join(json.dumps(page, sort_keys=True) for page in pages) + "\n]")
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    def _of_the_rgaa(self, endpoint: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """axe names the tests of the RGAA (« RGAA-1.1.2 »); its other rules are advice, or another standard's."""
        chosen = [rule for rule in rules if "RGAAv4" in rule["tags"]]
        for rule in chosen:
            tests = [tag.removeprefix("RGAA-") for tag in rule["tags"] if tag.startswith("RGAA-")]
            criteria = sorted({test.rpartition(".")[0] for test in tests})
            face = endpoint.partition(".")[0]
            self.criteria["portal" if face == "api" else face][rule["id"]] = criteria  # a page for strangers too
        return chosen

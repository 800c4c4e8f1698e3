"""The thresholds that a target was judged by, in words."""

from dataclasses import replace

from agent.report.build import build
from agent.report.material import Material
from agent.report.names import Names
from agent.report.objectives_said import objectives


def test_that_no_backup_declares_its_retention_is_said(material: Material) -> None:
    report = build(material, 1)
    (lifecycle,) = (one for one in report.targets if one.target == "backup-lifecycle")
    said = tuple(objectives(lifecycle, replace(report, retentions=()), Names()))
    assert said == ("aucune durée de conservation n'est renseignée",)

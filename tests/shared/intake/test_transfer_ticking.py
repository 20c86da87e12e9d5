"""The processes themselves take in what the ERP drops: the tick looks, a worker or the tick receives."""

import time
from pathlib import Path

import pytest

from shared.config import configure
from shared.extensions import db
from shared.intake.models import Arrival
from shared.intake.transfer_setting import change_transfer
from shared.intake.transfer_testing import try_transfer
from tests.engines import Machine
from tests.factories import office
from tests.ftp import running_sftp
from tests.shared.documents.corpus import pdf


@pytest.mark.row("P-06")
def test_a_file_dropped_there_is_taken_in_by_itself(machine: Machine, tmp_path: Path) -> None:
    configure(machine.config)
    with running_sftp(tmp_path / "serveur") as box:
        with machine.app.app_context():
            office.an_installation()
            office.customer("4")
            change_transfer(**box.settings, accept_plain=False, by=office.BY)
            assert all(stage["ok"] for stage in try_transfer(by=office.BY))
            db.session.commit()
        name = "FAC_4_FA-2026-0011_20261102.pdf"
        box.drop(name, pdf())
        machine.start("-m", "shared.ticking")
        machine.start("-m", "shared.engines.working", "slow")
        patience = time.monotonic() + 90
        while box.names("pris") != [name] and time.monotonic() < patience:
            time.sleep(0.3)
        assert (box.names("sortie"), box.names("pris")) == ([], [name])
    with machine.app.app_context():
        assert [arrival.document_id is not None for arrival in db.session.scalars(db.select(Arrival))] == [True]

"""The commands about messages."""

import sys

import click

from shared.notifications.collecting import reports_folder
from shared.notifications.report_folder import drop_report
from shared.notifications.reports import LARGEST


@click.command("report")
def report() -> None:
    """Take, from the standard input, what came back to a return address: the pipe of a mail server's alias."""
    drop_report(reports_folder(), sys.stdin.buffer.read(LARGEST))

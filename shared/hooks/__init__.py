"""Webhooks out: signed calls that tell another program what happened."""

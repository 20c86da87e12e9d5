"""Several PDFs as one. Tags are left behind: what is bound here is for the printer."""

import contextlib
import io
from collections.abc import Sequence


def bind(parts: Sequence[bytes]) -> bytes:
    """The pages of `parts`, in order."""
    if len(parts) == 1:
        return parts[0]
    import pikepdf

    with contextlib.ExitStack() as stack:
        whole = stack.enter_context(pikepdf.new())
        for part in parts:
            whole.pages.extend(stack.enter_context(pikepdf.open(io.BytesIO(part))).pages)
        written = io.BytesIO()
        whole.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return written.getvalue()

"""What is escaped when a page is written: text that is escaped already passes as it is, without being copied again."""

import re
from typing import Any

from flask import Flask
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from markupsafe import Markup, escape

_SPECIAL = re.compile("[&<>\"']").search


class Writer(CodeGenerator):
    """Jinja's own compiler, with `escaped` where it writes `escape`: a long list holds thousands of them."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")
        if finalize.src is not None:
            self.write(finalize.src)


def escaped(value: Any) -> str:
    """As `markupsafe.escape`, at once for what is markup already and for text that holds nothing to escape."""
    kind = type(value)
    return value if kind is Markup or (kind is str and _SPECIAL(value) is None) else escape(value)


def install(app: Flask) -> None:
    """Before the first template is compiled."""
    app.jinja_env.extend(escaped=escaped)
    app.jinja_env.code_generator_class = Writer

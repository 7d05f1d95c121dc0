"""Structured logs: one JSON object a line, never a person."""

import structlog

render = structlog.processors.JSONRenderer()

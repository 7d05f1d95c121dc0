"""Reading and writing tables: any encoding, separator and workbook partners use, within stated limits."""

from hub.core.tabular.limits import DEFAULT_LIMITS, VERIFIED, Limits
from hub.core.tabular.problems import MESSAGES, FileProblem, Remark, at_line, refusal, remark
from hub.core.tabular.sniff import Source
from hub.core.tabular.survey import Choice, ColumnsProblem, Header, Survey
from hub.core.tabular.table import Aliases, Table, read_table
from hub.core.tabular.write import csv_lines, file_name, neutral, write_csv, write_xlsx

__all__ = [
    "DEFAULT_LIMITS",
    "MESSAGES",
    "VERIFIED",
    "Aliases",
    "Choice",
    "ColumnsProblem",
    "FileProblem",
    "Header",
    "Limits",
    "Remark",
    "Source",
    "Survey",
    "Table",
    "at_line",
    "csv_lines",
    "file_name",
    "neutral",
    "read_table",
    "refusal",
    "remark",
    "write_csv",
    "write_xlsx",
]

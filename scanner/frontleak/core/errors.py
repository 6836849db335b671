"""The errors this package raises on purpose.

FrontleakError
├── ConfigError    invalid configuration or command line
├── RuleError      invalid rule file
├── InputError     a given path cannot be scanned
├── GitError       git cannot give what was asked for
├── VerifyError    a secret cannot be verified
├── ReportError    a report cannot be written
└── CancelledError a scan was stopped by the program that started it

Each carries `advice`: the next step for the user.
"""


class FrontleakError(Exception):
    """Base of all deliberate errors; each of `problems` is one line, `advice` is one sentence or empty."""

    def __init__(self, *problems: str, advice: str = "") -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
        self.advice = advice


class ConfigError(FrontleakError):
    """The configuration file, an environment variable or a flag is invalid."""


class RuleError(FrontleakError):
    """One or more rule files are invalid; `problems` lists every mistake as `file:line: message`."""


class InputError(FrontleakError):
    """A given path cannot be scanned."""


class GitError(FrontleakError):
    """Git is missing or too old, or cannot give what was asked for: no repository, no such range, a damaged index."""


class VerifyError(FrontleakError):
    """A secret cannot be verified as requested, or the verdict file is unusable."""


class ReportError(FrontleakError):
    """A report cannot be written to the requested destination."""


class CancelledError(FrontleakError):
    """A scan was stopped before its end, so there is no report."""

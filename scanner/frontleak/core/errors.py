"""Every error this package raises on purpose.

FrontleakError
├── ConfigError    the configuration or the command line asks for something impossible
├── RuleError      a rule file is wrong
├── TargetError    something that was named cannot be scanned
├── VerifyError    a secret cannot be verified as it was asked for
└── ReportError    a report cannot be written

Each carries `advice`: what the person who sees it can do next.
"""


class FrontleakError(Exception):
    """Base of all errors raised on purpose; `problems` are one line each, `advice` is one sentence or empty."""

    def __init__(self, *problems: str, advice: str = "") -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
        self.advice = advice


class ConfigError(FrontleakError):
    """The configuration file, the environment or a flag asks for something impossible."""


class RuleError(FrontleakError):
    """One or more rule files are wrong; every mistake is in `problems` as `file:line: what`."""


class InputError(FrontleakError):
    """A path that was named cannot be scanned."""


class VerifyError(FrontleakError):
    """A secret cannot be verified as it was asked for, or the file of verdicts cannot be used."""


class ReportError(FrontleakError):
    """A report cannot be written where it was asked for."""

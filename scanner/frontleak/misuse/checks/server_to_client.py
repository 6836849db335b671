"""Server-side secrets sent to the browser: in props, page data, responses or cookies."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.js.module import Expr, Module
from frontleak.misuse.check import Check
from frontleak.misuse.handover.astro_markup import in_astro_markup
from frontleak.misuse.handover.calls import in_calls
from frontleak.misuse.handover.elements import in_elements
from frontleak.misuse.handover.live import in_define_live
from frontleak.misuse.handover.resolvers import in_resolvers
from frontleak.misuse.handover.responses import in_responses
from frontleak.misuse.handover.results import in_results, in_shared_state
from frontleak.misuse.handover.sent import Sent, secrets_in
from frontleak.misuse.handover.through_functions import through_functions
from frontleak.misuse.handover.vue_markup import in_vue_markup
from frontleak.misuse.handover.written import in_written_files
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.variable_names import is_test_file
from frontleak.rules.misuse_rule import MisuseRule


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield the places where server-side code sends a secret to the browser."""
    if is_test_file(project.relative(path)) or not project.may_have_secret(path):
        return
    if ending(path) == "astro":
        for sent in in_astro_markup(project, path):
            yield from secrets_in(project, sent)
    if ending(path) == "vue":
        for sent in in_vue_markup(project, path):
            yield from secrets_in(project, sent)
    for module in project.modules(path):
        if module.section is not ScriptSection.SCRIPT:
            yield from in_define_live(project, module)
            for sent in (*in_shared_state(project, module), *in_results(project, module)):
                yield from secrets_in(project, sent)
            yield from _sent_by_server(project, module)


def _sent_by_server(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the secrets that server-side code sends."""
    found: list[Misuse] = []
    for sent in (*_sinks(project, module), *through_functions(project, module, _sinks)):
        secrets = list(secrets_in(project, sent))
        if not secrets or not sent.counts():
            continue
        if sent.on_both_sides:
            yield from secrets
        else:
            found += secrets
    if found and project.reachability.import_path(module) is None:
        yield from found
    elif found:  # in a page's module, only the code that is stripped from the client bundle
        stripped = [misuse for misuse in found if not project.reachability.is_reachable(_expr(module, misuse))]
        yield from (misuse for misuse in stripped if misuse.path == module.path)


def _sinks(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    yield from in_elements(project, module)
    yield from in_calls(project, module)
    yield from in_responses(project, module)
    yield from in_resolvers(module)
    yield from in_written_files(project, module)


def _expr(module: Module, misuse: Misuse) -> Expr:
    node = module.root.descendant_for_byte_range(misuse.start, misuse.end)
    return Expr(module, node if node is not None else module.root)


CHECK: Final = Check(name="handover", find=check)

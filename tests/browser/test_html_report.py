"""The HTML report in a real browser: what it shows, what it lets run, whom it serves, and how it grows."""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from frontleak.core.records import replace
from frontleak.core.report import Report
from tests.browser.conftest import many, shots
from tests.support.hostile import COUNT

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 900}
LOOKS: Final = [(size, scheme) for size in (DESK, PHONE) for scheme in ("light", "dark")]
MANY: Final = 10_000


def shown(page: Page) -> int:
    return page.locator("#list > li").count()


# --- nothing runs but the page's own script --------------------------------------------------------------------------


def test_hostile_names_and_code_are_text(opened: Open, hostile: Report) -> None:
    page = opened(hostile)
    assert shown(page) == COUNT
    for finding in hostile.findings:
        article = page.locator(f"#f-{finding.fingerprint}")
        name = finding.place.origin.display.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
        assert name in (article.text_content() or "")
        assert article.locator("pre").text_content() == finding.snippet
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link, base").count() == 0
    assert page.locator("[style], [onclick], [onerror], [onload]").count() == 0


def test_the_policy_forbids_all_else(opened: Open, project: Report) -> None:
    """An injected script or picture would not run: tried from outside, as if something had not been escaped."""
    page = opened(project, watched=False)
    blocked: list[str] = page.evaluate(
        """async () => {
            const blocked = [];
            addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
            const script = document.createElement('script');
            try { script.text = 'window.ran = 1'; document.body.append(script); } catch { blocked.push('trusted-types'); }
            const picture = document.createElement('img');
            picture.src = 'https://example.invalid/x.png';
            document.body.append(picture);
            const style = document.createElement('style');
            style.textContent = 'body { color: red }';
            document.body.append(style);
            try { await fetch('https://example.invalid/'); } catch {}
            await new Promise((done) => setTimeout(done, 200));
            return [...blocked, ...(window.ran ? ['RAN'] : [])];
        }"""
    )
    assert {"img-src", "style-src-elem", "connect-src"} <= set(blocked)
    assert "RAN" not in blocked


# --- whom it serves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing(opened: Open, project: Report, hostile: Report, size: dict[str, int], scheme: str) -> None:
    for report in (project, hostile, replace(project, findings=()), many(project, 150)):
        page = opened(report, viewport=size, color_scheme=scheme, bypass_csp=True)
        for details in page.locator("details").all()[:20]:
            details.evaluate("each => { each.open = true }")
        results: Any = Axe().run(page)
        found = [(each["id"], [node["html"] for node in each["nodes"]][:2]) for each in results.response["violations"]]
        assert found == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_it_fits_the_screen(opened: Open, project: Report, hostile: Report, size: dict[str, int], scheme: str) -> None:
    for report in (hostile, project):
        page = opened(report, viewport=size, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if folder := shots():
        page.screenshot(path=folder / f"report-{size['width']}-{scheme}.png")


def test_the_keyboard_reaches_everything(opened: Open, project: Report) -> None:
    page = opened(project)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the findings")).to_be_focused()
    page.get_by_label("Search", exact=True).focus()
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.name || document.activeElement.textContent"))
    assert names[:5] == ["severity", "exposure", "rule", "sort", "Clear"]
    assert names[5] == project.findings[0].title


def test_without_a_script_the_worst_findings_are_there(opened: Open, project: Report) -> None:
    page = opened(many(project, 250), java_script_enabled=False)
    assert shown(page) == 100
    assert "150 further findings in this file" in page.locator("noscript").inner_text()
    assert not page.locator("#controls").is_visible()


def test_paper_shows_every_finding_and_no_controls(opened: Open, project: Report) -> None:
    page = opened(many(project, 250))
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown(page) == 250
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("#controls").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown(page) == 100
    assert page.locator("details[open]").count() == 0


# --- finding one's way -----------------------------------------------------------------------------------------------


def test_filters_narrow_the_list_and_are_in_the_address(opened: Open, project: Report) -> None:
    page = opened(project)
    rule = "sanity-token-in-client-code"
    page.get_by_label("Rule", exact=True).select_option(rule)
    expected = [finding for finding in project.findings if finding.rule_id == rule]
    expect(page.locator("#count")).to_have_text(f"{len(expected)} of {len(project.findings)} findings")
    assert shown(page) == len(expected)
    assert page.url.endswith(f"#filter:rule={rule}")
    page.get_by_label("Search", exact=True).fill("no such text anywhere")
    expect(page.locator("#count")).to_have_text(f"0 of {len(project.findings)} findings")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#count")).to_have_text(f"{len(project.findings)} of {len(project.findings)} findings")
    assert shown(page) == len(project.findings)


def test_a_number_of_the_summary_is_a_filter(opened: Open, project: Report) -> None:
    page = opened(project)
    worst = project.findings[0].severity
    number = sum(finding.severity is worst for finding in project.findings)
    page.get_by_role("link", name=re.compile(f"{number}.*{worst}")).click()
    expect(page.locator("#count")).to_have_text(f"{number} of {len(project.findings)} findings")


def test_sorting_by_file(opened: Open, project: Report) -> None:
    page = opened(project, at="#filter:sort=file")
    paths = page.eval_on_selector_all("#list article", "all => all.map((each) => each.dataset.path)")
    assert paths == sorted(paths)
    assert len(paths) == len(project.findings)


def test_a_link_leads_to_a_finding_that_is_not_on_the_page_yet(opened: Open, project: Report) -> None:
    report = many(project, 250)
    last = report.findings[-1].fingerprint
    page = opened(report, at=f"#f-{last}")
    expect(page.locator(f"#f-{last}")).to_be_focused()
    expect(page.locator(f"#f-{last}")).to_be_in_viewport()
    page.get_by_label("Severity", exact=True).select_option("critical")
    expect(page.locator(f"#f-{last}")).to_have_count(0)
    page.evaluate(f"location.hash = '#f-{last}'")
    expect(page.locator(f"#f-{last}")).to_be_focused()


def test_more_findings_are_shown_when_asked_for(opened: Open, project: Report) -> None:
    page = opened(many(project, 250))
    page.get_by_role("button", name="Show 100 more of 150").click()
    assert shown(page) == 200
    assert page.evaluate("document.activeElement.id") == f"f-{100:032x}"


# --- large reports ---------------------------------------------------------------------------------------------------


def test_ten_thousand_findings_lay_out_a_hundred(opened: Open, project: Report) -> None:
    """What a browser lays out does not grow with the report, however the list is filtered."""
    small = opened(many(project, 100)).evaluate("document.querySelectorAll('*').length")
    page = opened(many(project, MANY))
    assert page.evaluate("document.querySelectorAll('*').length") <= small + 60
    expect(page.locator("#count")).to_have_text(f"{MANY} of {MANY} findings, the first 100 shown")
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    filtering = page.evaluate(
        """async () => {
            const start = performance.now();
            const form = document.getElementById('controls');
            form.elements.namedItem('q').value = 'client-side sanity';
            form.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            return performance.now() - start;
        }"""
    )
    print(f"{MANY} findings: opened in {timing:.0f} ms, filtered in {filtering:.0f} ms")
    assert shown(page) == 100
    assert page.evaluate("document.querySelectorAll('*').length") <= small + 200

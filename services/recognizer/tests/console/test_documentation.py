"""Test the API's documentation in a browser: it lists every call and loads nothing else."""

from __future__ import annotations

from playwright.sync_api import expect

from services.recognizer.tests.console.conftest import Console


def test_the_documentation_lists_the_calls_and_loads_nothing_else(console: Console) -> None:
    with console.page("docs", signed_in=False) as page:
        expect(page.get_by_text("/v1/recognitions", exact=True)).to_be_visible()
        page.get_by_text("/v1/recognitions", exact=True).click()
        expect(page.get_by_text("captured_at").first).to_be_visible()

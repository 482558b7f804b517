"""Test signing in and out: by typing, by a link, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from services.recognizer.tests.console.conftest import Console, serious, tidy


@pytest.fixture
def unknown_person(console: Console, at_phone: bool) -> Iterator[Page]:
    """Open a page without signing in; the browser reports a 401 at its start."""
    console.allowed |= {401, 403, 429}
    with console.page(phone=at_phone, signed_in=False) as page:
        yield page


def submit(page: Page, token: str) -> None:
    page.get_by_label("Admin token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def is_in(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def is_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_the_admin_s_token_opens_the_console(console: Console, unknown_person: Page) -> None:
    is_out(unknown_person)
    submit(unknown_person, f"  {console.api.admin_token}\n")  # as pasted from a terminal
    is_in(unknown_person)
    unknown_person.reload()
    is_in(unknown_person)


def test_a_wrong_token_and_a_camera_s_get_different_messages(
    console: Console, unknown_person: Page
) -> None:
    submit(unknown_person, "fra_wrong")
    expect(unknown_person.get_by_text("This token is not known")).to_be_visible()
    submit(unknown_person, console.api.admin.add_device("gate").token.get_secret_value())
    expect(unknown_person.get_by_text("This is a camera's token")).to_be_visible()
    is_out(unknown_person)
    submit(unknown_person, console.api.admin_token)
    is_in(unknown_person)


@pytest.mark.layout
def test_it_looks_tidy_and_is_accessible(unknown_person: Page) -> None:
    is_out(unknown_person)
    assert tidy(unknown_person) == []
    assert serious(unknown_person) == []
    submit(unknown_person, "fra_wrong")
    expect(unknown_person.get_by_text("This token is not known")).to_be_visible()
    assert tidy(unknown_person) == []
    assert serious(unknown_person) == []


@pytest.mark.layout
def test_the_frame_looks_tidy_and_is_accessible(page: Page) -> None:
    is_in(page)
    assert tidy(page) == []
    assert serious(page) == []


def test_a_link_signs_in_and_leaves_no_token_behind(console: Console) -> None:
    sent: list[str] = []
    console.allowed.add(401)
    with console.page(signed_in=False) as page:
        is_out(page)
        page.on("request", lambda request: sent.append(request.url))
        page.goto(f"{console.api.url}/#/sign-in/{console.api.admin_token}")
        is_in(page)
        page.reload()
        is_in(page)
        assert console.api.admin_token not in page.url
        assert console.api.admin_token not in page.evaluate("document.documentElement.outerHTML")
        assert not any(console.api.admin_token in url for url in sent)
        page.go_back()
        assert console.api.admin_token not in page.url


@pytest.mark.exhaustive
def test_a_new_page_at_a_link_is_signed_in(console: Console) -> None:
    with console.page(f"#/sign-in/{console.api.admin_token}", signed_in=False) as page:
        is_in(page)
        assert console.api.admin_token not in page.url


@pytest.mark.exhaustive
def test_an_old_link_says_so(console: Console) -> None:
    console.allowed.add(401)
    with console.page("#/sign-in/fra_of-yesterday", signed_in=False) as page:
        expect(page.get_by_text("This token is not known")).to_be_visible()
        submit(page, console.api.admin_token)
        is_in(page)


@pytest.mark.exhaustive
def test_by_keyboard_alone(console: Console, unknown_person: Page) -> None:
    field = unknown_person.get_by_label("Admin token")
    expect(field).to_be_focused()
    unknown_person.keyboard.type(console.api.admin_token)
    unknown_person.keyboard.press("Enter")
    is_in(unknown_person)
    leave = unknown_person.get_by_role("button", name="Sign out")
    for _ in range(60):
        unknown_person.keyboard.press("Tab")
        if leave.evaluate("(it) => it === document.activeElement"):
            break
    expect(leave).to_be_focused()
    outline = "(it) => getComputedStyle(it).outlineStyle"
    assert leave.evaluate(outline) != "none", "focus can be seen"
    unknown_person.keyboard.press("Enter")
    is_out(unknown_person)
    expect(field).to_be_focused()


@pytest.mark.exhaustive
def test_signing_out_signs_out_every_page_of_this_browser(console: Console, desk: Page) -> None:
    console.allowed.add(401)
    is_in(desk)
    (cookie,) = desk.context.cookies()
    desk.get_by_role("button", name="Sign out").click()
    is_out(desk)
    assert desk.context.cookies() == []
    desk.reload()
    is_out(desk)
    desk.context.add_cookies(
        [{"name": cookie["name"], "value": cookie["value"], "url": console.api.url}]
    )
    desk.reload()
    is_out(desk)


def test_no_script_can_read_the_cookie(desk: Page) -> None:
    (cookie,) = desk.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert desk.evaluate("document.cookie") == ""
    assert (
        desk.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    )


@pytest.mark.parametrize("value", [pytest.param("", marks=pytest.mark.exhaustive), "x" * 43])
def test_a_forged_cookie_opens_nothing(console: Console, value: str) -> None:
    console.allowed.add(401)
    with console.page() as page:
        is_in(page)
        (cookie,) = page.context.cookies()
        page.context.add_cookies(
            [{"name": cookie["name"], "value": value or "-", "url": console.api.url}]
        )
        page.reload()
        is_out(page)


def test_a_session_that_ends_asks_and_leads_back_to_the_same_page(console: Console) -> None:
    console.allowed.add(401)
    with console.page("#/no-page?of=ours") as page:
        is_in(page)
        console.clock.move(timedelta(hours=12, seconds=1))
        page.reload()
        is_out(page)
        submit(page, console.api.admin_token)
        is_in(page)
        assert page.url.endswith("#/no-page?of=ours")
        console.clock.move(timedelta(hours=12, seconds=1))
        page.get_by_role("link", name="People", exact=True).click()  # the page requests the people
        is_out(page)
        submit(page, console.api.admin_token)
        is_in(page)
        assert page.url.endswith("#/people")


def test_guessing_is_rate_limited(console: Console, unknown_person: Page) -> None:
    for _ in range(10):
        submit(unknown_person, "fra_wrong")
        expect(unknown_person.get_by_text("This token is not known")).to_be_visible()
        expect(unknown_person.get_by_role("button", name="Sign in")).to_be_enabled()
    submit(unknown_person, console.api.admin_token)
    expect(unknown_person.get_by_text("Too many attempts. Try again in")).to_be_visible()
    console.clock.move(timedelta(minutes=1))
    submit(unknown_person, console.api.admin_token)
    is_in(unknown_person)


@pytest.fixture
def page_with_log(console: Console) -> Iterator[tuple[Page, list[str]]]:
    """Open a page that may log errors; yield the page and its log lines."""
    context = console.browser.new_context()
    page = context.new_page()
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    yield page, lines
    context.close()


def test_text_becomes_neither_markup_nor_script(
    console: Console, page_with_log: tuple[Page, list[str]]
) -> None:
    page, _ = page_with_log
    page.goto(console.api.url)
    # By a timer, because scripts may run from whatever a debugger runs.
    refused = page.evaluate(
        """() => new Promise((resolve) => setTimeout(() => {
            const found = [];
            const attempt = (name, act) => {
                try { act(); } catch (error) { found.push(`${name}: ${error.name}`); }
            };
            attempt("markup", () => { document.createElement("p").innerHTML = "<b>x</b>"; });
            attempt("script", () => (0, eval)("window.ran = true"));
            attempt("policy", () => trustedTypes.createPolicy("any", {}));
            resolve(found);
        }))"""
    )
    assert refused == ["markup: TypeError", "script: EvalError", "policy: TypeError"]
    assert page.evaluate("window.ran") is None


def test_a_script_in_the_page_is_not_run(
    console: Console, page_with_log: tuple[Page, list[str]]
) -> None:
    page, lines = page_with_log

    def with_script(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace("</body>", "<script>window.ran = true</script></body>")
        assert "window.ran" in body
        route.fulfill(response=answer, body=body)

    page.route(f"{console.api.url}/", with_script)
    page.goto(console.api.url)
    is_out(page)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in line for line in lines)

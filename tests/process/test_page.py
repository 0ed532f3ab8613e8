"""The page as an operator has it: an installation without any bot, whose first administrator comes in by the page."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from tests.process.programs import environment, running

pytestmark = pytest.mark.process


async def word_in(answer: aiohttp.ClientResponse) -> str:
    """The word of the form on a page."""
    found = re.search(r'name="word" value="([0-9a-f]+)"', await answer.text())
    assert found is not None
    return found[1]


async def test_an_installation_with_nothing_but_the_page(tmp_path: Path) -> None:
    """It starts without a bot, the printed code lets the administrator in, a restart keeps them in, and the log has
    neither the code nor the cookie; what a watcher asks goes on answering."""
    settings = environment(
        tmp_path, WEB_PAGE="true", WEB_PUBLIC_URL="http://127.0.0.1:8044", WEB_PUSH_CONTACT="mailto:quan-tri@example.vn"
    )
    args = ("admin", "invite", "Nguyễn Văn Quản", "--committee", "Đảng ủy xã Mẫu")
    async with running(tmp_path, settings, *args) as invite:
        assert await invite.ended() == 0
        code = re.search(r"Code: +(\S+)", invite.text)
        assert "The code is typed on the page, http://127.0.0.1:8044," in invite.text
    assert code is not None
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with running(tmp_path, settings) as program:
            assert (await program.line("started"))["page"] is True
            address = (await program.line("web_ready"))["address"]
            async with http.get(f"{address}/health/live") as answer:
                assert await answer.json() == {"live": True}
            async with http.get(f"{address}/vao") as answer:
                word = await word_in(answer)
            async with http.post(f"{address}/vao", data={"word": word, "code": code[1]}) as answer:
                assert answer.url.path == "/"
                assert "Trước khi tham gia, mong đồng chí đọc" in await answer.text()
            assert await program.stop() == 0
        async with running(tmp_path, settings) as program:
            while len(ready := list(program.lines("web_ready"))) < 2:
                await asyncio.sleep(0.05)
            async with http.get(f"{ready[-1]['address']}/") as answer:
                assert "Trước khi tham gia, mong đồng chí đọc" in await answer.text()
            assert await program.stop() == 0
            log = program.text
    cookies = [cookie.value for cookie in jar]
    assert cookies and not any(cookie in log for cookie in cookies)
    assert code[1] not in log.split("started", 1)[1]

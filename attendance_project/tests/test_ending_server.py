"""A server that is told to end waits for the answers that it has begun to make."""

import asyncio

from django.core.handlers.asgi import ASGIHandler

from attendance_project import ending


def test_django_still_calls_its_coroutine_so():
    names = ASGIHandler.handle.__code__.co_consts
    inner = {each.co_qualname for each in names if hasattr(each, "co_qualname")}
    assert ending._ANSWERS in inner


def test_all_answers_are_waited_for_and_nothing_else():
    made: list[str] = []

    async def process_request(name: str, begins: bool = False) -> None:
        await asyncio.sleep(0.01)
        if begins:
            begin("later")
        made.append(name)

    async def endless() -> None:
        await asyncio.Event().wait()

    tasks = []

    def begin(name: str, **more: bool) -> None:
        task = process_request(name, **more)
        task.__qualname__ = ending._ANSWERS
        tasks.append(asyncio.ensure_future(task))

    async def run() -> None:
        tasks.append(asyncio.ensure_future(endless()))
        begin("first", begins=True)
        begin("second")
        await ending._until_all_is_answered()
        tasks[0].cancel()

    asyncio.run(run())
    assert sorted(made) == ["first", "later", "second"]

"""Search through HTTP: what is found, by whom, and what it costs."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project, Session
from tasks.models import SearchBlock, Task
from tasks.search import indexing
from tasks.search.finding import FIND
from tasks.search.indexing import catch_up
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.tasks.searching import found, indexed_phones

HTMX = {"HX-Request": "true"}


def texts(page: Client, q: str, **query: str) -> list[str]:
    """Search on the page, and return the snippets with their marks."""
    content = page.get(f"/search/?{urlencode({'q': q, **query})}").content.decode()
    return [re.sub(r"<(?!/?mark)[^>]*>", "", text) for text in re.findall(r'<p class="hit-words">(.*?)</p>', content)]


@pytest.fixture
def session(project: Project) -> Session:
    return indexed_phones(project)


def test_messages_and_tasks_are_found_and_marked(page: Client, session: Session) -> None:
    assert texts(page, "summarize specs") == [
        "Research iPhone 15 <mark>specs</mark> and <mark>summarize</mark> the key features"
    ]
    assert texts(page, "compare") == [
        "<mark>Compare</mark> the iPhone 14 with the iPhone 15",
    ]
    assert texts(page, "compar", kind="task") == ["<mark>Compare</mark> the iPhone 14 with the iPhone 15"]
    assert texts(page, "compar", kind="message") == ["Now create a <mark>comparison</mark> table with iPhone 14"]
    assert texts(page, "iphone absent") == []


def test_a_hit_leads_to_its_message_and_to_its_task(page: Client, session: Session) -> None:
    content = page.get("/search/?q=iphone").content.decode()
    links = re.findall(r'class="hit-link row-link" href="([^"]*)"', content)
    assert f"{session.get_absolute_url()}?find=iphone&amp;message=3#m3" in links
    assert Task.objects.get().get_absolute_url() in links
    for link in links:
        assert page.get(unescape(link).partition("#")[0]).status_code == 200
    assert "lena" in content


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("comparison table", ["comparison", "table"]),
        ("tab", ["table"]),
        ("IPHONE\0&14", ["iPhone", "14"]),
        ("“comparison”, " + "table " * 60, ["comparison", "table"]),
    ],
)
def test_a_message_that_was_found_opens_with_the_words_marked(
    page: Client, session: Session, text: str, words: list[str]
) -> None:
    content = page.get("/search/", {"q": text, "kind": "message"}).content.decode()
    links = [unescape(link) for link in re.findall(r'class="hit-link row-link" href="([^"]*)"', content)]
    assert links
    for link in links:
        seq = link.partition("#m")[2]
        conversation = page.get(link.partition("#")[0]).content.decode()
        opened = conversation.partition(f'id="m{seq}"')[2].partition("</article>")[0]
        assert set(words) <= set(re.findall(r"<mark>([^<]*)</mark>", opened))
        assert re.search(r'class="find-count"[^>]*>\d+ of \d+<', conversation)


def test_a_message_whose_words_are_gone_from_the_index_still_opens(page: Client, session: Session) -> None:
    content = page.get(f"{session.get_absolute_url()}?find=zebra&message=3").content.decode()
    assert "nothing found" in content
    assert 'id="m3"' in content


def test_a_hit_says_who_speaks(page: Client, project: Project) -> None:
    session = make_session(project)
    call = {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "zebra"}}],
    }
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "a zebra"}
    store(session, {"role": "user", "content": "Find the zebra"}, call, format="anthropic")
    store(session, {"role": "user", "content": [result]}, format="anthropic")
    store(session, {"role": "system", "content": "You know zebra"})
    catch_up(60)
    content = page.get("/search/?q=zebra").content.decode()
    assert re.findall(r'<span class="hit-kind">.*?</svg>(.*?)</span>', content, re.DOTALL) == [
        "System",
        "Tool",
        "Agent",
        "User",
    ]


def test_chinese_and_japanese_are_found_inside_of_a_sentence(page: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session, "数据库缺少用户编号的索引，每次都要扫描整张表。")
    make_message(session, "東京タワーへの行き方を調べてください。")
    catch_up(60)
    assert texts(page, "索引") == ["数据库缺少用户编号的<mark>索引</mark>，每次都要扫描整张表。"]
    assert texts(page, "数据库 扫描") == ["<mark>数据库</mark>缺少用户编号的索引，每次都要<mark>扫描</mark>整张表。"]
    assert texts(page, "タワー") == ["東京<mark>タワー</mark>への行き方を調べてください。"]
    assert texts(page, "表") == ["数据库缺少用户编号的索引，每次都要扫描整张<mark>表</mark>。"]
    assert texts(page, "索据") == []


def test_what_a_message_says_is_text_and_never_markup(page: Client, project: Project) -> None:
    make_message(make_session(project), "<script>alert('file')</script> & <mark>file</mark>")
    catch_up(60)
    content = page.get("/search/?q=file").content.decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;alert(&#x27;<mark>file</mark>&#x27;)&lt;/script&gt; &amp; &lt;mark&gt;" in content


def test_tool_calls_and_their_results_are_found(page: Client, project: Project) -> None:
    function = {"name": "query_logs", "arguments": '{"service": "billing"}'}
    call = {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]}
    store(make_session(project), call, {"role": "tool", "tool_call_id": "c1", "content": "deadlock detected"})
    catch_up(60)
    assert texts(page, "query_logs billing") == ["<mark>query_logs</mark> service: <mark>billing</mark>"]
    assert texts(page, "deadlock") == ["<mark>deadlock</mark> detected"]


def test_the_latest_is_found_first_and_more_follows(page: Client, project: Project) -> None:
    session = make_session(project)
    for n in range(45):
        make_message(session, f"report {n} of the day")
    catch_up(60)
    seen: list[str] = []
    address = "/search/?q=report"
    while address:
        content = page.get(address).content.decode()
        seen += re.findall(r"</mark> (\d+) of the day", content)
        follows = re.search(r'rel="next" href="([^"]*)"', content)
        address = "/search/" + follows[1].replace("&amp;", "&") if follows else ""
    assert seen == [str(n) for n in reversed(range(45))]


def test_hits_go_on_over_blocks(page: Client, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BLOCK_ENTRIES", 8)
    session = make_session(project)
    for n in range(50):
        make_message(session, f"report {n}" + (" rare" if n in (3, 30) else ""))
    catch_up(60)
    assert SearchBlock.objects.filter(project=project).count() == 7
    first = [f"<mark>report</mark> {n}" for n in range(49, 29, -1)]
    assert [text.removesuffix(" rare") for text in texts(page, "report")] == first
    assert texts(page, "rare") == ["report 30 <mark>rare</mark>", "report 3 <mark>rare</mark>"]


@pytest.mark.parametrize(
    "query", ["q=", "q=a", "q=...", "", "q=%00", "q=nothing&since=yesterday", "q=x%27%27+%26&kind=9"]
)
def test_what_finds_nothing_says_what_to_do(page: Client, session: Session, query: str) -> None:
    answer = page.get(f"/search/?{query}")
    assert answer.status_code == 200
    assert 'class="empty-state"' in answer.content.decode()


def test_a_cursor_of_something_else_is_a_bad_request(page: Client, api: httpx.Client, session: Session) -> None:
    assert api.get("/search", params={"q": "iphone", "cursor": "nonsense"}).status_code == 400
    assert page.get("/search/?q=iphone&next=nonsense").status_code == 400


def test_htmx_is_given_parts_of_the_page(page: Client, session: Session) -> None:
    results = page.get("/search/?q=iphone", headers=HTMX).content.decode()
    assert results.lstrip().startswith("<section")
    assert "<html" not in results


def test_a_search_is_narrowed_by_user_and_time(page: Client, api: httpx.Client, project: Project) -> None:
    for name, age in (("lena", 0), ("marek", 0), ("lena", 10)):
        stored = make_session(project, user=name)
        make_message(stored, f"a report for {name}, {age} days old")
        stored.messages.update(created_at=timezone.now() - timedelta(days=age))
    catch_up(60)
    assert len(found(api, "report")) == 3
    assert found(api, "report", user="marek") == ["a report for marek, 0 days old"]
    assert found(api, "report", user="nobody") == []
    week = (timezone.now() - timedelta(days=7)).isoformat()
    assert found(api, "report", user="lena", since=week) == ["a report for lena, 0 days old"]
    day = f"{timezone.now() - timedelta(days=7):%Y-%m-%d}"
    assert len(texts(page, "report", since=day)) == 2
    assert len(texts(page, "report", user="lena")) == 2


def test_the_api_says_where_the_words_are(api: httpx.Client, session: Session) -> None:
    answer = api.get("/search", params={"q": "table ", "kind": "message"}).json()["data"]
    (hit,) = answer["items"]
    assert [hit["snippet"][start:stop] for start, stop in hit["marks"]] == ["table"]
    assert (hit["seq"], hit["role"], hit["user"], hit["session_title"]) == (3, "user", "lena", "Phones")
    assert hit["message_id"] == str(session.messages.get(seq=3).pk)
    assert answer["has_more"] is False
    (task,) = api.get("/search", params={"q": "compare"}).json()["data"]["items"]
    assert (task["order"], task["status"], task["seq"]) == (1, "success", None)
    assert api.get("/search", params={"q": "x"}).status_code == 400
    assert api.get("/search").status_code == 400


def test_the_api_pages_through_all_hits(api: httpx.Client, session: Session) -> None:
    seen, cursor = [], None
    while True:
        query = {"q": "iphone", "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = api.get("/search", params=query).json()["data"]
        seen += [(hit["kind"], hit["seq"] or hit["order"]) for hit in answer["items"]]
        cursor = answer.get("next_cursor")
        if not cursor:
            break
    assert sorted(seen) == [("message", 1), ("message", 2), ("message", 3), ("message", 4), ("task", 1)]


def test_another_projects_words_are_never_found(
    page: Client, api: httpx.Client, other_api: httpx.Client, session: Session, other_project: Project
) -> None:
    make_message(make_session(other_project, user="lena"), "Our secret iphone plan")
    catch_up(60)
    assert found(other_api, "iphone") == ["Our secret iphone plan"]
    assert found(api, "secret") == []
    assert len(found(api, "iphone", user="lena")) == 5
    assert texts(page, "secret") == []


def test_someone_without_a_project_may_look(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("bob"))
    assert client.get("/search/?q=iphone").status_code == 200
    client.logout()
    assert client.get("/search/?q=iphone").status_code == 302


# --- what it costs --------------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_hits(
    page: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        page.get("/search/?q=iphone")
    for _ in range(3):
        other = make_session(session.project, user="marek")
        store(other, *PHONES)
        make_task(other, "Buy an iphone")
    catch_up(60)
    with django_assert_num_queries(7):
        page.get("/search/?q=iphone")


def test_the_index_answers_block_by_block(project: Project, session: Session) -> None:
    values = {
        "project": project.pk, "words": "'#:iphone'", "block": 2**62, "before": 2**62, "limit": 20,
        "since": timezone.now() - timedelta(days=9_000),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {FIND}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "search_entry_words" in plan
    assert "Nested Loop" in plan

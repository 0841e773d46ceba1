"""What came to the head of a list, for a page that shows its first rows."""

from django.http import HttpResponse
from django.shortcuts import render

from sessions.http import NOTHING_NEW, PageRequest
from sessions.paging import TOLD
from tasks.news import newest_seen
from tasks.session_list import SessionList
from tasks.task_list import TaskList


def answer_news(request: PageRequest, found: SessionList | TaskList) -> HttpResponse:
    """Answer how many rows came to the head of a list since `?newer=`, unless the page was `?told=` so."""
    newest = newest_seen(request.GET)
    news = found.news_since(newest)
    if str(news.count) == request.GET.get(TOLD):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "components/news.html", {"line": found.news_line(newest, news)})

"""The icon of the site, where a browser looks for it unless a page names one."""

from django.contrib.staticfiles import finders
from django.test import Client


def test_the_icon_is_found_where_browsers_look_for_it_on_their_own(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert finders.find(response["Location"].removeprefix("/static/"))
    assert "max-age" in response["Cache-Control"]
    assert client.post("/favicon.ico").status_code == 405

"""Whatever is taken out is put back to the byte, from values of any shape; no database."""

import base64
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.assets import taking_out
from sessions.assets.taking_out import TakingOut, put_back
from sessions.parts import Part

SMALL = 70


@pytest.fixture(autouse=True, scope="module")
def _small_is_large() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking_out, "LARGE", SMALL)
        yield


def spellings(data: bytes) -> list[str]:
    standard, url_safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    texts = [standard, url_safe, standard.rstrip("="), url_safe.rstrip("=")]
    return [head + text for text in texts for head in ("", "data:image/png;base64,", "data:a;b=c;base64,", "data:,")]


media = st.binary(min_size=50, max_size=90).flatmap(lambda data: st.sampled_from(spellings(data)))
damaged = st.tuples(media, st.integers(0, 60), st.sampled_from("=-_ \n+é")).map(
    lambda case: case[0][: case[1]] + case[2] + case[0][case[1] :]
)
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | media | damaged
keys = st.sampled_from(["at", "as", "media", "data", "0", "", "meta"])
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
objects = st.dictionaries(keys, values, max_size=3)


@settings(max_examples=400, deadline=None)
@given(blob=objects, metas=st.lists(objects, max_size=3))
def test_what_is_taken_out_is_put_back(blob: dict[str, Any], metas: list[dict[str, Any]]) -> None:
    before = copy.deepcopy((blob, metas))
    taking = TakingOut()
    parts = taking.of_parts([Part("image", meta=meta) for meta in metas])
    rest = taking.of(blob, ("blob",))
    assert (blob, metas) == before, "what came in is left as it was"
    parts, rest = copy.deepcopy((parts, rest))
    for entry in taking.entries:
        source = taking.files[entry["sha256"]].source
        assert isinstance(source, bytes)
        put_back(parts, rest, entry, source)
    assert (rest, [part.meta for part in parts]) == before

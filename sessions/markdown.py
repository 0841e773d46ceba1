"""Markdown of messages as safe HTML: raw HTML stays text, images of other hosts become links. No Django here."""

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Headings of a message stay below the headings of the page.
LOWEST_HEADING = 6
HEADING_OFFSET = 3
BOXES = {"[ ] ": "\N{BALLOT BOX} ", "[x] ": "\N{BALLOT BOX WITH CHECK} "}


class Renderer(RendererHTML):
    """HTML as this product wants it; each method renders the token of its name."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        tokens[idx].attrSet("rel", "noopener nofollow")
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        source = str(tokens[idx].attrGet("src") or "")
        words = self.renderInlineAsText(tokens[idx].children or [], options, env)
        if source.startswith("data:image/"):
            return f'<img src="{escapeHtml(source)}" alt="{escapeHtml(words)}">'
        return f'<a href="{escapeHtml(source)}" rel="noopener nofollow">{escapeHtml(words or source)}</a>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        token = tokens[idx]
        language = (token.info.split() or [""])[0]
        return (
            f'<div class="code"><div class="code-head"><span>{escapeHtml(language)}</span>'
            f'<button type="button" class="copy" data-copy>{escapeHtml(env.get("copy", "Copy"))}</button></div>'
            f'<pre tabindex="0"><code>{escapeHtml(token.content)}</code></pre></div>\n'
        )

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return self.fence(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return '<div class="table-scroll" tabindex="0"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        # The parser aligns cells with a style attribute, which the page's content policy refuses.
        token = tokens[idx]
        align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if align:
            token.attrSet("data-align", align)
        return self.renderToken(tokens, idx, options, env)

    td_open = th_open

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return f"<{self._heading(tokens[idx])}>"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return f"</{self._heading(tokens[idx])}>\n"

    @staticmethod
    def _heading(token: Token) -> str:
        return f"h{min(LOWEST_HEADING, int(token.tag[1:]) + HEADING_OFFSET)}"


def tick(state: StateCore) -> None:
    """Draw the boxes of a list of things to do: signs, as nobody can tick what was said."""
    for before, opened, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        is_item = (before.type, opened.type, inline.type) == ("list_item_open", "paragraph_open", "inline")
        first = inline.children[0] if is_item and inline.children else None
        if first and first.type == "text" and (box := BOXES.get(first.content[:4].lower())):
            first.content = box + first.content[4:]


PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=Renderer).enable(
    ["table", "strikethrough"]
)
PARSER.core.ruler.push("tick", tick)


@lru_cache(maxsize=2_048)
def to_html(text: str, copy: str = "Copy") -> str:
    """Return safe HTML, with `copy` as the word on the buttons. Messages never change: what was rendered is kept."""
    return str(PARSER.render(text, {"copy": copy}))

"""Text without markdown's marks, and cut to a length: as it is shown to people."""

import re

from tasks.extraction.offline.sentences import HAN, LONG_RUN

LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
BOLD = re.compile(r"\*\*(?=\S)([^\n]+?)\*\*|(?<!\w)__(?=\S)([^\n_]+ [^\n_]+)__")
ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_\n]+?)_(?![\w_])")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+(?=\S))", re.M)
LEFT_OVER = re.compile(r"\*\*")
# Shorter ones are names of things.
QUOTED = re.compile(r"```.*?(?:```|\Z)|\"[^\"\n]{20,}\"|“[^”\n]{20,}”|«[^»\n]{20,}»|「[^」\n]{10,}」", re.DOTALL)
BULLET = re.compile(r"^[ \t]*[*•+][ \t]+", re.M)
TABLE_ROW = re.compile(r"^[ \t]*\|.*$", re.M)
GAP_IN_HAN = re.compile(rf"(?<=[。！？，；：])\s+(?={HAN.pattern})")


def plain(text: str) -> str:
    """Return the text without marks of emphasis, links, code spans, headings and lists; code blocks stay."""
    text = CODE.sub(r"\1", LINK.sub(r"\1", LONG_RUN.sub(r"\1\1\1", text)))
    for mark in (BOLD, ITALIC):
        text = mark.sub(lambda found: found[1] or found[2], text)
    return GAP_IN_HAN.sub("", LEFT_OVER.sub("", LINE_MARK.sub("", text)))


def without_tables(text: str) -> str:
    """Leave out the rows of tables, which are no sentences."""
    return TABLE_ROW.sub("", text) if "|" in text else text


def without_quotes(text: str) -> str:
    """Leave out what the user hands over between quotation marks or in blocks: the words of others, to be worked on."""
    return QUOTED.sub(" ", text)


def with_dashes(text: str) -> str:
    """Give all lists the same mark, so that their items are known after the text is cut into sentences."""
    return BULLET.sub("- ", text)


def cut(text: str, limit: int) -> str:
    """Put a text on one line and cut it at a word."""
    text = " ".join(text[: 4 * limit].split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return f"{(head.rsplit(' ', 1)[0] if ' ' in head[limit // 2 :] else head).rstrip(' ,;:(–-')}…"

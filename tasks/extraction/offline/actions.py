"""Whether a word is an order, and the kind of action it stands for."""

import re
from functools import lru_cache

from tasks.extraction.offline.stopwords import word_set
from tasks.extraction.offline.verbs import ALSO_NOUNS, SEARCHING, TRANSACTING, VERBS

TRANSACTION = re.compile(
    r"\b(?:book|booking|reserv(?:e|ation|ations)|buy|purchas(?:e|ing)|rent|order|schedul(?:e|ing)|tickets?"
    r"|appointment|transfer|visit|make (?:a|an|the) (?:payment|transfer|booking|reservation|appointment)"
    r"|pay for|hire|play|secure|buchen|reservier\w*|bestell\w*|reservar|comprar|pedir|réserv\w+|command\w+|acheter)\b"
    r"|预[订定约]|购买|订(?:一|张|个)|予約|注文|購入",
    re.I,
)
# A word before one of these is a verb, whatever it is: "tally the words", "reticulate my splines".
OBJECT_STARTS = word_set("the a an my our all each every this these those it them me us another some any")
NOT_VERBS = word_set(
    """
    i you he she it we they my your his her its our their the a an this that these those there here what which who
    whom whose where when why how is are was were be been am does did have has had can could will would shall should
    may might must not no yes and or but if because so since while as in on at to for from by with about of into
    over under after before until all some any each every both one two three maybe perhaps only even still yet than
    like unlike without within during between except got had been being sounds sound works hope think guess believe
    thought wish love hate enjoy prefer need also just too let lets please thanks thank besides regarding concerning
    given sorry both either neither half such per via said says was were wasn weren looking trying wanting
    """
)

# "order 88-2041" is a thing by its number, "order 2 pizzas" is an order.
IS_NUMBER_OF = re.compile(r"\d+[-/]\d|\d{4}")


def is_verb(word: str, following: str = "") -> bool:
    """Whether a word at the start of a clause is the imperative of a verb."""
    if word in ALSO_NOUNS and IS_NUMBER_OF.match(following):
        return False
    if word in VERBS:
        return True
    if word == "do":
        return following in OBJECT_STARTS
    return (
        following in OBJECT_STARTS
        and word.isalpha()
        and word not in NOT_VERBS
        and not word.endswith(("ly", "ing", "ed", "s"))
    )


# Verbs that say nothing themselves: what they do is in the noun, as in "make a reservation".
LIGHT = word_set("make get do have want need set take place fix go request help arrange")


@lru_cache(maxsize=2048)
def kind_of_action(verb: str, clause: str) -> str:
    """Name the kind of an action: searching and transacting are kinds, any other verb is its own."""
    if verb in TRANSACTING or ((not verb or verb in LIGHT) and TRANSACTION.search(clause)):
        return "transact"
    if verb in SEARCHING or not verb:
        return "search"
    return verb

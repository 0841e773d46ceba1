"""Verbs of requests and the kinds of action they stand for."""

import re
from functools import lru_cache

from tasks.extraction.offline.sentences import word_set

SEARCHING = word_set(
    """
    guide advise assist find search look check see show list suggest recommend tell give get fetch lookup query
    browse read view display know hear explain describe inform help pull retrieve locate watch want
    """
)
TRANSACTING = word_set(
    """
    play secure book reserve buy purchase rent order schedule pay transfer send hire arrange cancel rebook refund
    sell subscribe register sign enroll reschedule
    """
)
WORKING = word_set(
    """
    accept access activate adapt add address adjust advise alert allow analyse analyze announce answer append apply
    approve archive arrange ask assess assign attach audit authenticate automate bake block brainstorm bring build
    bump bundle cache calculate call catch categorize change chart clarify classify clean clear click clone close
    code collect combine comment commit compare compile complete compose compress compute configure confirm connect
    construct continue convert copy correct count craft create crop debug decide declare decode decrease define
    delete deliver deploy design detect determine develop diagnose disable discard display document double download
    draft draw drop dump duplicate edit eliminate email enable encode encrypt engage enhance ensure enumerate
    establish estimate evaluate examine execute expand explore export expose extend extract factor figure file fill
    filter fix flag flip fold follow forget format formulate forward generate go grab group guide handle hide
    highlight identify ignore illustrate implement import improve include increase initialize insert inspect install
    integrate introduce invert investigate invite issue join jot keep kill label launch limit link lint load lock
    log lower make manage map mark match measure merge message migrate mind mock modify monitor move mute name
    navigate normalize note notify omit open optimize organise organize outline output overwrite parse pass paste
    perform pick pin plan play plot populate post prepare press print prioritize process produce profile program
    proofread propose provide publish push put raise rank rate record recreate redo reduce refactor reformat refresh
    refuel relocate remember remind remove rename reorder reorganize repair repeat replace reply report reproduce
    research reset resize resolve respond restart restore restructure retry retweet return revert review revise
    rewrite roll rotate run save say scan score scour select separate set setup share ship shorten shuffle shut
    simplify simulate skip solve sort specify spell spin split start stop store strip study submit subtract sum
    summarise summarize support surprise swap switch sync take tally talk tar teach test tidy toggle touch track
    train transform translate trim troubleshoot try turn tweak tweet type uncomment undo unify uninstall unlock
    unpack unzip update upgrade upload use validate verify visit visualise visualize wait walk warm warn wrap write
    zip
    """
)
VERBS = SEARCHING | TRANSACTING | WORKING

# Nouns as often as verbs: inside a sentence they open an order only before an article or pronoun.
ALSO_NOUNS = word_set(
    """
    book code copy design display document download draft draw email export filter file flag flip form format group
    guide hide import increase issue join label launch limit link list load lock log look map match measure merge
    message name note order output pass pay plan plot post press process profile program project promise question
    rank rate record rent reply report return review roll run sale save scan score search select separate set share
    ship skip sort spin split start store study support surprise swap switch talk test time touch track transfer
    trim try turn type update upgrade use value view visit wait walk watch work close open address figure cache
    color
    """
)

# What is done with the result of the order before: "research it and summarize the key points" is one request.
DELIVERING = word_set(
    """
    summarize summarise explain report list show tell describe verify check test confirm run commit save print
    return present compare give output display let make ensure see know include highlight put keep use submit
    validate
    """
)

# Verbs that take up what lies on the table.
REFINING = word_set("try choose pick surprise proceed continue confirm select keep ensure do go use cast")

TRANSACTION = re.compile(
    r"\b(?:book|booking|reserv(?:e|ation|ations)|buy|purchas(?:e|ing)|rent|order|schedul(?:e|ing)|tickets?"
    r"|appointment|transfer|visit|make (?:a|an|the) (?:payment|transfer|booking|reservation|appointment)"
    r"|pay for|hire|play|secure)\b",
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


def is_verb(word: str, following: str = "") -> bool:
    """Whether a word at the start of a clause is the imperative of a verb."""
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

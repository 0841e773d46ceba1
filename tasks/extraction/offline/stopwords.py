"""Words that carry no meaning of their own, in the languages the rules know."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list kept as text, which reads better than five hundred quotes."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    """
    a an the and or but of to in on at for from by with about into as than then so if when while that this these
    those there here it its they them their he she his her i me my mine we us our you your is are was were be been
    being am do does did done doing have has had having will would can could shall should may might must not no yes
    nope yeah ok okay please thanks thank want wants need needs like help let lets just also too well very really
    some any all both each one ones what which who whom whose where why how get got give make go going me ll ve re s
    t d m don doesn didn isn aren now like would wish find found look looking search searching check show tell see
    try trying book reserve i'd i'm i'll i've let's it's that's you're don't can't there's what's more up out over
    un una el los las de del para por con y que mi der die das ein eine einen und oder mit für nach le les du des une
    et pour avec dans mon ma 帮我 请帮 再帮 我想 想要 我要 我需 需要 一个 一下 可以 请你 麻烦
    """
)

"""What the user holds against the work at hand: corrections, complaints, another try, a cancellation."""

import re

CORRECTS = re.compile(
    r"^\W*(?:no\b(?! (?:problem|worries))|not\b|nope|oops|sorry,? (?:i|it|that|my|the|not|should|for)"
    r"|actually\b|i meant?\b|i should have|to be (?:clear|precise|more)|rather\b|instead\b|don't\b|do not\b"
    r"|never\b|that'?s (?:not|wrong|incorrect)|that is (?:not|wrong|incorrect)|wrong\b|hmm+,? (?:no|not)"
    r"|correction|on second thought|let me (?:rephrase|clarify)|nein|doch|perdón|mejor|不是|不对|改成)",
    re.I,
)
RETRIES = re.compile(
    r"\b(?:(?:try|do|run|check|redo|repeat|test|attempt)(?: (?:it|that|this|them))?(?: (?:once|one))? (?:again"
    r"|more time|more)|retry|again,? please|please again|another (?:try|attempt|go)|one more (?:time|try)"
    r"|give it another|try (?:another|a different|something|any other|with)|re-?run)\b|^\W*again\b"
    r"|inténtalo de nuevo|otra vez|(?:noch ?mal|erneut)|réessaie|essaie encore|再试|重试|再来一次",
    re.I,
)
COMPLAINS = re.compile(
    r"\b(?:(?:does|do|did|is|are|was|has|have|can|still)(?:n't| not)\b.{0,30}\b(?:work|working|right|correct"
    r"|fixed|help|helped|solve|solved|show|appear|load|compile|pass|match|change|what i)"
    r"|still (?:not|fail|broken|wrong|see|get|the same|happen|crash|show|have)\w*"
    r"|(?:it|that|this|test|tests|build|app|page|same) (?:\w+ )?(?:broke|broken|fails?|failed|crash\w*|breaks"
    r"|error)|broke again|(?:get|got|getting|see|seeing|gives?|throws?) (?:\w+ )?(?:an? |this |the "
    r"|same )*(?:\w+ )?error|is back\b|same (?:error|problem|issue|result)|regress\w+"
    r"|not what i (?:asked|wanted|meant))\b|no funciona|(?:funktioniert|geht|klappt) (?:immer noch |so |leider )*nicht"
    r"|ne (?:marche|fonctionne) (?:toujours )?pas|動きません|動かない|エラーが|うまくいきません"
    r"|还是不行|报错|出错|不行|没用|又坏了",
    re.I,
)
PASTES_ERROR = re.compile(
    r"Traceback \(most recent|^\s*(?:E\s+)?\w*(?:Error|Exception)\b\s*:|\bFAILED\b|^\s*File \".*\", line \d+"
    r"|\bline \d+, in \w+|error TS\d+|^error(?:\[|:)|^[^\w\n]{0,3}✖",
    re.M,
)
CANCELS = re.compile(
    r"\b(?:never ?mind|forget (?:it|that|about (?:it|that|this|the))"
    r"|cancel (?:that|it|this|the (?:task|request))|(?:please )?stop(?: (?:it|that|this|now|there|here"
    r"|everything))?$|abort|drop (?:it|that)|don't bother|scrap (?:it|that)|no longer need"
    r"|(?:don't|do not|won't) need (?:\w+ ){1,4}any ?more|skip (?:it|that|this)|leave it|let'?s not do|call it off"
    r"|give up)\b|olvídalo|déjalo|vergiss es|laisse tomber|oublie|算了|不用做了|取消吧",
    re.I,
)
UNDOES = re.compile(
    r"^\W*/?(?:undo|revert|roll ?back|reset)\b(?: (?:it|that|this|the (?:last )?(?:change|changes|edit|commit)"
    r"|those|these|your|all|everything))?|\b(?:undo|revert|roll back) (?:it|that|this|those|these|your"
    r"|the (?:last|change|changes|commit|edit)\w*)\b"
    r"|\b(?:roll|put|change|switch|set|bring|move) (?:it|that|this|them|everything|all(?: of (?:it|that))?) back\b"
    r"(?! (?:on|in|up|to (?:me|you|work))\b)|\bback (?:to )?(?:the way|how) (?:it|things|everything) (?:was|were)\b"
    r"|\b(?:restore|go back to|want back) (?:the|my) (?:old|previous|original|earlier)\b",
    re.I,
)
COMES_BACK = re.compile(
    r"\b(?:back to|as for|regarding|about|returning to|going back|for) (?:the|my|that|our)\b"
    r"|\b(?:the|my|that) [\w ]{2,30} (?:again|from (?:before|earlier)|i (?:asked|mentioned))\b",
    re.I,
)
# The user wants the same thing done otherwise.
CHANGES_MIND = re.compile(
    r"^\W*(?:(?:no|wait|actually|oh|hmm|sorry)\b[ ,]*)*(?:actually|on second thought|change of plans?"
    r"|scratch that|i(?:'ve| have)? changed my mind|not \w+[ ,]|let'?s (?:use|go with|do) .{1,60}\binstead"
    r"|use .{1,60}\binstead)",
    re.I,
)
# After a refusal: the same wish once more, in other words.
INSISTS = re.compile(
    r"\b(?:though|but|still|really|must be (?:some|a)|some(?:thing)?|flexib\w+|solution|resolution"
    r"|any ?(?:way|thing|one|chance|possib\w+)|someone else|somebody|supervisor|manager|exception|options?"
    r"|at least|instead|how about|what if|partial|other way|urgent|perhaps|maybe)\b",
    re.I,
)


def returns(text: str) -> bool:
    """Whether the text takes up something earlier: a complaint, another try, "back to the report"."""
    return any(cue.search(text) for cue in (COMPLAINS, RETRIES, COMES_BACK))

"""Words that keep a conversation friendly and ask for nothing: greetings, thanks, yes and no, in five languages."""

import re
from functools import lru_cache

GREETING = (
    r"hi+(?: there)?|hello+(?: there)?|hey+(?: there)?|good (?:morning|afternoon|evening|day)|greetings|howdy"
    r"|hola|buen[oa]s (?:días|tardes|noches)|hallo|guten (?:tag|morgen|abend)|moin|servus|bonjour|bonsoir"
    r"|salut|coucou|ciao|olá|你好|您好|嗨|早上好|晚上好|こんにちは"
)
THANKS = (
    r"(?:i )?(?:just )?want(?:ed)? to say (?:hi|hello|thanks|thank you|good ?bye)"
    r"|(?:many |much )?thank(?:s| you)(?: (?:so much|very much|a lot|a bunch|a million|again|anyway|kindly"
    r"|all))*(?:,? (?:for|to)\b[^.!?,]*)?|thx|ty|cheers|much appreciated"
    r"|(?:i )?(?:really |do )?appreciate (?:it|that|this|(?:all )?(?:your|the) (?:help|assistance))(?: \w+)?"
    r"|(?:muchas |mil )?gracias|danke(?: schön| sehr| dir| ihnen)?|vielen dank|merci(?: beaucoup| bien)?"
    r"|obrigad[oa]|grazie|(?:非常)?(?:谢谢|感谢|多谢)(?:你|您)?(?:的帮助)?|ありがとう(?:ございます)?"
)
GOODBYE = (
    r"(?:good ?)?bye(?: bye| now| for now)?|talk (?:to you )?(?:soon|later)"
    r"|see (?:you|ya)(?: later| soon| then)?|take care|you too|enjoy(?: your \w+)?"
    r"|have an? (?:good|great|nice|wonderful|lovely|pleasant|safe|amazing)(?: rest of)?(?: (?:your|the))? ?\w*"
    r"|adiós|hasta (?:luego|pronto)|tschüss|auf wiedersehen|au revoir|à bientôt|再见|拜拜"
)
ENOUGH = (
    r"(?:that|this|it)(?:'s| is| was| will be|'ll be| would be|'d be)(?: really)? (?:all|it|everything"
    r"|enough)(?: (?:for|i|that|today|now|right|wanted|needed|need|want|was|with|you)\b[^.!?]*)?"
    r"|that(?:'s| is) what i (?:need|want)ed|i(?:'m| am) (?:all )?(?:set|good|done"
    r"|fine)(?: (?:for )?(?:now|today|thanks))*|nothing(?: else| more)?(?: (?:for|right) \w+)*"
    r"|(?:no,? )?not (?:right now|at the moment|today)|all (?:set|good|done)"
    r"|i (?:don't|do not) (?:think so|need anything(?: else)?)|i need nothing(?: else)?|(?:eso|esto) es todo"
    r"|das (?:ist|war) alles|c'est tout|没有了|就这些|没事了"
)
YES_WORD = r"yes+|yeah|yea|yep|yup|sure(?: thing)?|of course|certainly|absolutely|definitely|sí|claro(?: que sí)?"
YES = (
    rf"{YES_WORD}|ya|correct|right|exactly|indeed|affirmative|i (?:sure )?(?:do|would|am|will)|please(?: do)?"
    r"|(?:could|can|would) you(?: (?:please|help me with that|do (?:that|so|it)|please do so))+(?: please)?"
    r"|(?:please )?go (?:ahead|for it)(?: please)?|do (?:it|so)|si|vale|por supuesto|ja|genau|klar|gerne|oui"
    r"|d'accord|bien sûr|是的?|好的?|对的?|可以|嗯|はい"
)
NO = (
    r"no+|nope|nah|not (?:yet|really|now|just yet)|(?:maybe|perhaps) (?:later|another time)|some other time"
    r"|no way|nein|non|不用?(?:了)?|没有|いいえ"
)
ADJECTIVE = (
    r"good|great|fine|ok|okay|nice|perfect(?:ly)?|awesome|excellent|wonderful|cool|lovely|amazing|fantastic"
    r"|brilliant|right|correct|interesting|fab|acceptable|alright|fun|works?|do|ideal|super|neat|sweet"
    r"|fair(?: enough)?"
)
PRAISE = (
    r"(?:that|this|it|those|they|everything|which)(?:'s| is| are| was| will| would|'ll|'d| should|sounds?| looks?"
    r"| seems?"
    r"| works?| suits?| sounds?| be| do| me| just| all| really| pretty| very| so| quite| absolutely| a)*"
    rf"(?: (?:{ADJECTIVE}))+(?: (?:for|to|by|with) me| then| choice| job| work| one| idea| now| as well)*"
    rf"|(?:the|my|your) \w+(?: \w+)? (?:is|are|looks?|works?)(?: \w+ly| very| just| all)? (?:{ADJECTIVE})(?: now)?"
    r"|(?:that|it|this) (?:works|suits me)(?: \w+)?(?: for me)?"
    r"|sounds? (?:like a plan|(?:\w+ )?(?:good|great|fine|fun|nice|perfect))(?: to me)?|works for me|well done"
    r"|(?:good|great|nice) (?:job|work|one)|no (?:problem|worries|rush)"
    r"|you(?:'re| are) (?:welcome|right|great)|my pleasure|lgtm|(?:i )?(?:like|love) (?:it|that|this)"
    r"|i (?:see|understand)|(?:i )?got it|understood|nice to meet you|how are you(?: doing)?(?: today)?"
    r"|how(?:'s| is) it going|how are things|what'?s up|nothing really|just (?:bored|browsing|chatting|looking"
    r"|saying (?:hi|hello))"
    r"|perfecto|muy bien|bueno|genial|prima|sehr gut|gut|parfait|très bien|génial|很好|太好了|不错|明白了?|いいね"
)
INTERJECTION = (
    r"ok(?:ay)?|alright|all right|great|good|cool|nice|perfect|awesome|excellent|wonderful|fantastic|amazing"
    r"|brilliant|wow|oh(?: (?:dang|no|wow|my|ok))?|ah|aha|hm+|um+|uh|well|so|haha|lol|yay|yahoo|hooray|grand"
    r"|then|anyway"
)
# Praise only where it stands alone: "lovely!", not "lovely rooms".
EXCLAMATION = r"lovely|fine|splendid|superb?|neat|sweet|fair enough|no problem|understood"

END = r"(?=\s*(?:$|[,.!?;:。！？，、)\-–—…👍🙂😊😀🎉🙏]))"
EDGE = r"(?=$|[\s,.!?;:。！？，、)\-–—…👍🙂😊😀🎉🙏])"
JOINT = r"[\s,.!?;:。！？，、()\-–—…👍🙂😊😀🎉🙏❤️👋]*"

LEADING = re.compile(
    rf"^{JOINT}(?:(?:{GREETING}|{THANKS}|{YES_WORD}|{INTERJECTION}){EDGE}"
    rf"|(?:{GOODBYE}|{ENOUGH}|{PRAISE}|{YES}|{NO}){END}|(?:{EXCLAMATION})(?=\s*[.!])|(?:{PRAISE}) (?:and|but){EDGE}"
    rf"|(?:and|but|y|und|et) (?:{GREETING}|{THANKS}|{GOODBYE}|{ENOUGH}|{PRAISE}){END}){JOINT}",
    re.I,
)
HAS_WORD = re.compile(r"\w")
LEFT_OVER = re.compile(rf"^(?:{JOINT}|and|but|also|y|und|et)$", re.I)
SAYS_YES = re.compile(rf"^{JOINT}(?:(?:{YES_WORD}|{INTERJECTION}){EDGE}|(?:{YES}|{PRAISE}){END})", re.I)
SAYS_NO = re.compile(rf"^{JOINT}(?:(?:{INTERJECTION}){EDGE}{JOINT})?(?:{NO}){END}", re.I)
CLOSES = re.compile(rf"(?:^|[.!?,;]\s*|\s){JOINT}(?:{THANKS}|{GOODBYE}|{ENOUGH}){END}", re.I)
APPROVES = re.compile(
    r"\b(?:perfect|great|awesome|excellent|works|worked|working now|lgtm|well done|nice work|good job"
    r"|wonderful|fantastic|amazing|fixed|solved|looks good|exactly|love it|thank you|thanks|gracias|danke"
    r"|merci|genial|perfekt|parfait)\b|完美|太好了|很好|谢谢",
    re.I,
)


@lru_cache(maxsize=4096)
def without_social(sentence: str) -> str:
    """Trim greetings, thanks, praise and yes/no from the start of a sentence."""
    while found := LEADING.match(sentence):
        if not found.end():
            break
        sentence = sentence[found.end() :]
    return sentence if HAS_WORD.search(sentence) and not LEFT_OVER.match(sentence) else ""


def closes(text: str) -> bool:
    """Whether the user thanks or says good-bye."""
    return CLOSES.search(text) is not None

"""A conversation being read: who spoke last, which tasks are at hand, what each message does to them."""

from dataclasses import dataclass, replace

from tasks.extraction.offline import followups, progress
from tasks.extraction.offline.answer import operations_of
from tasks.extraction.offline.asking import WELCOMES, Asking, asking, is_small_talk
from tasks.extraction.offline.describe import describe
from tasks.extraction.offline.outcome import Standing, Turn, judged, left, moved_on
from tasks.extraction.offline.plain import without_quotes
from tasks.extraction.offline.preferences import Preferences
from tasks.extraction.offline.reactions import asked_before, change_description, react, taken_up_again
from tasks.extraction.offline.requests import Reading, read
from tasks.extraction.offline.scenes import Scene, scene_of
from tasks.extraction.offline.sentences import clipped
from tasks.extraction.offline.social import closes, without_social
from tasks.extraction.offline.threads import Thread
from tasks.extraction.offline.toolwork import ToolWork
from tasks.extraction.operations import Operations
from tasks.extraction.window import Window, WindowMessage


@dataclass
class UserTurn:
    """How the user's last message is to be taken by what the agent says next."""

    is_answered: bool = True
    is_social: bool = False
    is_leaving: bool = False
    asks_about_result: bool = False


class Talk:
    """Holds the state that one message hands to the next."""

    def __init__(self, window: Window) -> None:
        self.threads = [Thread.of(task) for task in window.tasks]
        last = max((thread.last_seq for thread in self.threads), default=0)
        self.at_hand = [thread for thread in self.threads if thread.last_seq == last]
        self.preferences = Preferences(window.preferences)
        self.unassigned: dict[str, list[int]] = {}
        self.agent_text = ""
        self.user = UserTurn(is_social=not self.at_hand)
        self.tools = ToolWork()

    def overhear(self, message: WindowMessage) -> None:
        """Take in an earlier message: it sets the scene and changes nothing."""
        if message.is_system:
            return
        if message.is_from_person:
            self._begin_turn()
            text = words_of(message)
            is_social = not without_social(text)
            self.user = UserTurn(False, is_social, is_social or closes(text), followups.asks_about_result(text))
        else:
            self._take(message)

    def hear(self, message: WindowMessage) -> None:
        """Take in a new message: link it, open requests, settle what it settles."""
        if message.is_system:
            self._pass(message, "system prompt")
        elif message.is_from_person:
            self._hear_user(message)
        else:
            self._hear_agent(message)

    def operations(self) -> Operations:
        operations = operations_of(self.threads, self.unassigned)
        operations.preferences = self.preferences.changes
        return operations

    def _hear_user(self, message: WindowMessage) -> None:
        text = words_of(message)
        scene = self._scene()
        own = without_quotes(text)
        reading = read(text, scene)
        if not reading.opens and own != text:
            # A request to do something with a text may hide behind what that text says.
            reading = read(own, scene)
        self._begin_turn()
        self.user = UserTurn(
            is_answered=False,
            is_social=reading.is_social and not reading.opens,
            is_leaving=not reading.opens
            and (reading.is_closing or reading.refuses or (reading.is_social and not _accepts_offer(reading, scene))),
            asks_about_result=not reading.opens and followups.asks_about_result(text),
        )
        if reading.opens:
            self._open(reading.opens, message, was_answered=scene.was_answered)
        elif not self.at_hand:
            self._pass(message, "no request")
        else:
            self._answer(message, reading, scene)
        self.preferences.hear(
            own,
            message.seq,
            self.at_hand[-1].handle if self.at_hand else "",
            scene.question if scene.asking in {Asking.DETAIL, Asking.PROPOSAL} else "",
        )

    def _open(self, requests: list[str], message: WindowMessage, *, was_answered: bool) -> None:
        for thread in self.at_hand:
            thread.standing = moved_on(thread.standing, message.seq)
        # What the agent has not reacted to yet is answered together with what is asked now.
        self.at_hand = [] if was_answered else [t for t in self.at_hand if t.standing.status == "pending"]
        for request in requests:
            known = asked_before(request, self.threads)
            if known:
                thread = known
                thread.standing = Standing("running", "", "Asked for again.", (message.seq,))
                thread.link(message.seq, "feedback")
            else:
                number = sum(other.known is None for other in self.threads) + 1
                thread = Thread(f"N{number}", describe(request), Standing(evidence=(message.seq,)), message.seq)
                self.threads.append(thread)
                thread.link(message.seq, "request")
            self.at_hand.append(thread)

    def _answer(self, message: WindowMessage, reading: Reading, scene: Scene) -> None:
        text, seq = words_of(message), message.seq
        is_goodbye = _is_goodbye(reading, scene)
        if not is_goodbye:
            self.user.is_social = False
            if earlier := taken_up_again(text, self.at_hand, self.threads):
                self.at_hand = [earlier]
        for thread in self.at_hand:
            react(thread, text, seq, refuses=reading.refuses)
            if self.user.is_leaving:
                thread.standing = left(thread.standing, text, seq)
            if is_goodbye:
                continue
            change_description(thread, text, seq)
            thread.link(seq, "feedback")
            thread.note(progress.added_fact(text), (seq,))
        if is_goodbye:
            self._pass(message, "closing")

    def _hear_agent(self, message: WindowMessage) -> None:
        steps = self._take(message)
        text = words_of(message)
        is_idle = not message.tool_calls and not message.tool_results and is_small_talk(text)
        is_courtesy = is_idle and (self.user.is_social or asking(text)[0] is Asking.CLOSING or WELCOMES.match(text))
        if not self.at_hand or is_courtesy:
            self._pass(message, "small talk")
            return
        turn = Turn(
            text=text,
            seq=message.seq,
            calls_tools=bool(message.tool_calls),
            has_results=bool(message.tool_results),
            failure=self.tools.failure,
            tool_seq=self.tools.last_seq,
            is_over=self.tools.is_finished or self.tools.used_to_end_in_silence,
            handed_over_to=self.tools.handed_over_to,
            user_was_social=self.user.is_social,
            user_was_leaving=self.user.is_leaving,
            user_asked_about_result=self.user.asks_about_result,
        )
        for thread in self.at_hand:
            thread.link(message.seq, "work")
            for step, evidence in steps:
                thread.note(step, evidence)
            thread.note(progress.milestone(text, calls_tools=turn.calls_tools), (message.seq,))
            before = thread.standing
            now = judged(before, replace(turn, was_ordered=thread.is_order))
            thread.standing = replace(now, has_delivered=before.has_delivered or now.status == "success")

    def _take(self, message: WindowMessage) -> list[tuple[str, tuple[int, ...]]]:
        self.user.is_answered = True
        if message.role == "assistant" and words_of(message).strip():
            self.agent_text = words_of(message)
        return self.tools.take(message)

    def _begin_turn(self) -> None:
        # Two messages of the user in a row are one turn.
        if self.user.is_answered:
            if self.tools.ends_in_silence:
                self.agent_text = ""
            self.tools.begin_turn()

    def _scene(self) -> Scene:
        agent_text = "" if self.tools.ends_in_silence else self.agent_text
        return scene_of(self.at_hand, agent_text, was_answered=self.user.is_answered)

    def _pass(self, message: WindowMessage, why: str) -> None:
        self.unassigned.setdefault(why, []).append(message.seq)


def words_of(message: WindowMessage) -> str:
    """Return what a message says in words, short enough for every pattern."""
    return clipped(message.text)


def _accepts_offer(reading: Reading, scene: Scene) -> bool:
    """Whether the user says yes to what the agent can do instead of what it could not."""
    return reading.accepts and not reading.refuses and (scene.waits_for_answer or bool(scene.offered_instead))


def _is_goodbye(reading: Reading, scene: Scene) -> bool:
    """Whether the user is done; "okay, thank you" to a question of the agent is an answer."""
    if not reading.is_social:
        return False
    if scene.asking is Asking.CLOSING:
        return True
    return reading.is_closing and (scene.asking is not Asking.CONFIRMATION or reading.refuses)

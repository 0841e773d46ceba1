"""A conversation being read: who spoke last, which tasks are at hand, what each message does to them."""

from sessions.parts import Part
from tasks.extraction.offline import followups, preferences, progress
from tasks.extraction.offline.asking import IS_OFFER, Asking, asking, is_small_talk
from tasks.extraction.offline.describe import changed, describe
from tasks.extraction.offline.openings import NEARLY_THE_SAME
from tasks.extraction.offline.outcome import (
    ACHIEVES,
    FAILS_TO_DO,
    FINISHES,
    FINISHES_BY_COMMAND,
    Standing,
    after_words,
    approved,
    handed_over,
    left,
    moved_on,
)
from tasks.extraction.offline.requests import Reading, read
from tasks.extraction.offline.scenes import Scene, concerns_task
from tasks.extraction.offline.sentences import content_words, identifiers, overlap
from tasks.extraction.offline.social import APPROVES, without_social
from tasks.extraction.offline.threads import Thread
from tasks.extraction.offline.toolresults import is_error, reason_of
from tasks.extraction.offline.wishes import wishes
from tasks.extraction.operations import (
    Edit,
    Link,
    NewTask,
    Operations,
    PreferenceChange,
    ProgressNote,
    StatusChange,
    Unassigned,
)
from tasks.extraction.window import KnownPreference, Window, WindowMessage


class Talk:
    """Holds the state that one message hands to the next."""

    def __init__(self, window: Window) -> None:
        self.threads = [Thread.of(task) for task in window.tasks]
        last = max((thread.last_seq for thread in self.threads), default=0)
        self.at_hand = [thread for thread in self.threads if thread.last_seq == last]
        self.known_preferences = list(window.preferences)
        self.preference_changes: list[PreferenceChange] = []
        self.unassigned: dict[str, list[int]] = {}
        self.agent_text = ""
        self.was_answered = True
        self.was_social = not self.at_hand
        self.asked_about_result = False
        self.was_left = False
        self.ends_by_call = False
        self.calls: dict[str, tuple[Part, int]] = {}
        self.tool_failure = ""
        self.tool_seq = 0
        self.ended_silently = False
        self.ends_silently = False

    def overhear(self, message: WindowMessage) -> None:
        """Take in an earlier message: it sets the scene and changes nothing."""
        if message.is_system:
            return
        if message.is_from_person:
            self._turn_begins()
            self.was_social = not without_social(message.text)
            self.asked_about_result = followups.asks_about_result(message.text)
            self.was_answered = False
        else:
            self._hear_tools(message, quiet=True)
            if message.role == "assistant":
                self._note_agent(message)

    def hear(self, message: WindowMessage) -> None:
        """Take in a new message: link it, open requests, settle what it settles."""
        if message.is_system:
            self._pass(message, "system prompt")
        elif message.is_from_person:
            self._hear_user(message)
        else:
            self._hear_agent(message)

    def operations(self) -> Operations:
        """Return all that the window changes."""
        operations = Operations(preferences=self.preference_changes)
        for thread in self.threads:
            if thread.known is None:
                operations.new_tasks.append(
                    NewTask(alias=thread.handle, description=thread.description, request_seq=thread.request_seq)
                )
            elif thread.edited_by and thread.description != thread.known.description:
                operations.edits.append(
                    Edit(
                        task=thread.handle,
                        description=thread.description,
                        reason="The user changed their mind.",
                        evidence=thread.edited_by,
                    )
                )
            for role, seqs in thread.links.items():
                operations.links.append(Link(task=thread.handle, seqs=seqs, role=role))  # type: ignore[arg-type]
            for text, evidence in progress.chosen(thread.steps):
                operations.progress.append(ProgressNote(task=thread.handle, text=text, evidence=list(evidence)))
            if thread.is_changed:
                now = thread.standing
                operations.status.append(
                    StatusChange(
                        task=thread.handle,
                        status=now.status,
                        basis=now.basis,
                        reason=now.reason,
                        evidence=list(now.evidence) or [thread.last_seq],
                    )
                )
        operations.unassigned = [Unassigned(seqs=seqs, why=why) for why, seqs in self.unassigned.items()]
        return operations

    # -- the user

    def _hear_user(self, message: WindowMessage) -> None:
        text = message.text
        reading = read(text, self._scene())
        self._turn_begins()
        self.was_social = reading.is_social and not reading.opens
        self.asked_about_result = not reading.opens and followups.asks_about_result(text)
        if reading.opens:
            self._open(reading.opens, message)
        elif not self.at_hand:
            self._pass(message, "no request")
        elif self._says_goodbye(reading):
            self._react(reading, message)
            self._pass(message, "closing")
        else:
            self.was_social = False
            self._take_up_again(text)
            self._react(reading, message)
            self._edit(message)
            for thread in self.at_hand:
                thread.link(message.seq, "feedback")
                if (fact := progress.added_fact(text)) and not progress.is_repeated(fact, thread.known_steps):
                    thread.steps.append((fact, (message.seq,)))
        self.was_left = not reading.opens and (reading.is_closing or self.was_social)
        if self.was_left:
            for thread in self.at_hand:
                thread.standing = left(thread.standing, text, message.seq)
        self._note_preferences(message)
        self.was_answered = False

    def _take_up_again(self, text: str) -> None:
        """Turn back to an earlier task that the user names: "the login bug is back"."""
        if not followups.returns(text):
            return
        said = content_words(text)
        if any(said & content_words(thread.description) for thread in self.at_hand):
            return
        named = [thread for thread in self.threads if said & content_words(thread.description)]
        if named:
            self.at_hand = [
                max(named, key=lambda thread: (len(said & content_words(thread.description)), thread.last_seq))
            ]

    def _edit(self, message: WindowMessage) -> None:
        """Note in the description that the user changed their mind about what they want."""
        if not followups.CHANGES_MIND.search(message.text) or followups.COMPLAINS.search(message.text):
            return
        for thread in self.at_hand:
            if thread.known is None or not thread.known.has_person_edit:
                thread.description = changed(thread.description, message.text)
                thread.edited_by.append(message.seq)

    def _says_goodbye(self, reading: Reading) -> bool:
        """Whether the user is done; "okay, thank you" to a question of the agent is an answer."""
        if not reading.is_social:
            return False
        asked = self._asked()
        if asked is Asking.CLOSING:
            return True
        return reading.is_closing and (asked is not Asking.CONFIRMATION or reading.refuses)

    def _open(self, requests: list[str], message: WindowMessage) -> None:
        for thread in self.at_hand:
            thread.standing = moved_on(thread.standing, message.seq)
        at_hand: list[Thread] = []
        for request in requests:
            thread = self._same_request(request) or self._new_thread(request, message.seq)
            if thread.request_seq == message.seq:
                thread.link(message.seq, "request")
            else:
                thread.standing = Standing("running", "", "Asked for again.", (message.seq,))
                thread.link(message.seq, "feedback")
            at_hand.append(thread)
        self.at_hand = at_hand

    def _new_thread(self, request: str, seq: int) -> Thread:
        number = sum(thread.known is None for thread in self.threads) + 1
        thread = Thread(f"N{number}", describe(request), Standing(evidence=(seq,)), seq)
        self.threads.append(thread)
        return thread

    def _same_request(self, request: str) -> Thread | None:
        said, names = content_words(request), identifiers(request)
        if len(said) < 3:
            return None
        for thread in reversed(self.threads):
            described = content_words(thread.description)
            if (
                overlap(said, described) >= NEARLY_THE_SAME
                and len(described) > 2
                and not names - identifiers(thread.description)
            ):
                return thread
        return None

    def _react(self, reading: Reading, message: WindowMessage) -> None:
        """Let the user's words confirm, cancel, complain or ask for another try."""
        text, seq = message.text, (message.seq,)
        for thread in self.at_hand:
            if followups.CANCELS.search(text) and thread.standing.status != "success":
                thread.standing = Standing("failed", "confirmed", "The user cancelled the request.", seq)
            elif followups.UNDOES.search(text):
                thread.standing = Standing("failed", "confirmed", "The user had the change undone.", seq)
            elif followups.RETRIES.search(text) and thread.standing.status == "failed":
                thread.standing = Standing("running", "", "The user asks to try again.", seq)
            elif followups.COMPLAINS.search(text) or followups.PASTES_ERROR.search(text):
                thread.standing = Standing("running", "", "The user says that it does not work.", seq)
            elif APPROVES.search(text[:200]) and not reading.refuses:
                thread.standing = approved(moved_on(thread.standing, message.seq), message.seq)

    def _note_preferences(self, message: WindowMessage) -> None:
        task = self.at_hand[-1].handle if self.at_hand else ""
        for statement in wishes(message.text):
            found = preferences.change(statement, message.text, task, message.seq, self.known_preferences)
            if found:
                self.preference_changes.append(found)
                self.known_preferences = [
                    p for p in self.known_preferences if p.handle != found.target or not found.target
                ]
                self.known_preferences.append(KnownPreference("", statement))

    # -- the agent

    def _hear_agent(self, message: WindowMessage) -> None:
        self._hear_tools(message, quiet=False)
        self._note_agent(message)
        has_work = bool(message.tool_calls or message.tool_results)
        text = message.text
        if not self.at_hand or (not has_work and self.was_social and is_small_talk(text)):
            self._pass(message, "small talk")
            return
        if not has_work and is_small_talk(text) and asking(text)[0] is Asking.CLOSING:
            self._pass(message, "closing")
            return
        for thread in self.at_hand:
            thread.link(message.seq, "work")
            if (line := progress.milestone(text)) and not progress.is_repeated(line, thread.known_steps):
                thread.steps.append((line, (message.seq,)))
            if not (
                self.asked_about_result
                and thread.standing.status == "success"
                and not has_work
                and not FAILS_TO_DO.search(text)
            ):
                thread.standing = self._judged(thread.standing, message)

    def _judged(self, before: Standing, message: WindowMessage) -> Standing:
        if message.tool_calls:
            names = " ".join(str(call.get("name")) for call in message.tool_calls)
            self.ends_by_call = any(
                FINISHES.search(str(call.get("name"))) or FINISHES_BY_COMMAND.search(call.arguments_text)
                for call in message.tool_calls
            )
            if over := handed_over(names, message.seq):
                return over
            return Standing("running", "", "", (message.seq,))
        if message.tool_results:
            if self.tool_failure:
                return Standing("running", "", f"A tool call failed: {self.tool_failure}", (message.seq,))
            if before.reason.startswith("Handed"):
                return before
            is_over = self.ends_silently or self.ends_by_call
            return Standing("success" if is_over else "running", "shown", "", (message.seq,))
        if not message.text.strip():
            return before
        if before.status == "failed" and self.was_left and not ACHIEVES.search(message.text):
            return before
        asked, question = asking(message.text)
        if before.status == "success" and self.was_social and asked is not Asking.NOTHING and IS_OFFER.search(question):
            return before
        return after_words(message.text, message.seq, self.tool_failure, self.tool_seq, bool(self.tool_seq))

    def _hear_tools(self, message: WindowMessage, *, quiet: bool) -> None:
        for call in message.tool_calls:
            self.calls[str(call.get("id") or "")] = (call, message.seq)
        for result in message.tool_results:
            self.tool_failure = reason_of(result) if is_error(result) else ""
            self.tool_seq = message.seq
            self.ended_silently = True
            made = self.calls.pop(str(result.get("tool_call_id") or ""), None)
            if made is None or quiet:
                continue
            call, call_seq = made
            step = progress.tool_step(call, result)
            for thread in self.at_hand:
                if not progress.is_repeated(step, thread.known_steps):
                    thread.steps.append((step, (call_seq, message.seq)))

    def _note_agent(self, message: WindowMessage) -> None:
        self.was_answered = True
        if message.tool_calls:
            self.ended_silently = True
        if message.role == "assistant" and message.text.strip():
            self.agent_text = message.text
            self.ended_silently = bool(message.tool_calls)

    # -- the scene

    def _turn_begins(self) -> None:
        if not self.was_answered:
            return
        self.ends_silently = self.ended_silently
        if self.ended_silently:
            self.agent_text = ""
        self.ended_silently = False
        self.tool_failure = ""
        self.tool_seq = 0

    def _asked(self) -> Asking:
        return asking(self.agent_text)[0]

    def _scene(self) -> Scene:
        agent_text = "" if self.ended_silently else self.agent_text
        question, sentence = asking(agent_text)
        described = ". ".join(thread.description for thread in self.at_hand)
        if question is Asking.OFFER and concerns_task(sentence, described):
            question = Asking.CONFIRMATION
        was_refused = any(
            thread.standing.status == "failed" and thread.standing.basis == "claimed" for thread in self.at_hand
        )
        return Scene(bool(self.at_hand), described, agent_text, question, sentence, self.was_answered, was_refused)

    def _pass(self, message: WindowMessage, why: str) -> None:
        self.unassigned.setdefault(why, []).append(message.seq)

"""Conversations in other languages, emoji and bare code."""

import pytest

from tests.tasks.offline_talks import read, talk


@pytest.mark.parametrize(
    ("lines", "tasks"),
    [
        (("user: 你好", "agent: 您好！"), 0),
        (("user: 帮我写一个计算器程序", "agent: 程序已经写好了。", "user: 谢谢", "agent: 不客气。"), 1),
        (("user: 帮我写一个计算器程序", "agent: 程序已经写好了。", "user: 再帮我加上单元测试", "agent: 加好了。"), 2),
        (("user: Hola", "agent: ¡Hola! ¿En qué puedo ayudar?"), 0),
        (("user: Necesito un vuelo a Bogotá", "agent: ¿Para qué día?", "user: Sí, el viernes", "agent: Listo."), 1),
        (("user: Necesito un vuelo a Bogotá", "agent: Listo.", "user: Quiero reservar un hotel barato"), 2),
        (("user: Guten Morgen", "agent: Guten Morgen!"), 0),
        (("user: Kannst du den Bericht übersetzen?", "agent: Erledigt.", "user: Vielen Dank!", "agent: Gern."), 1),
        (("user: Kannst du den Bericht übersetzen?", "agent: Erledigt.", "user: Ich brauche Bahnkarten nach Ulm"), 2),
        (("user: Bonjour", "agent: Bonjour !"), 0),
        (("user: Je voudrais une table pour ce soir", "agent: C'est fait.", "user: Merci beaucoup"), 1),
        (("user: Je voudrais une table pour ce soir", "agent: C'est fait.", "user: Peux-tu appeler un taxi ?"), 2),
        (("user: 🎉🎉", "agent: 🙂"), 0),
        (("user: ```python\nprint(undefined)\n```", "agent: The name is not defined. I fixed it."), 1),
    ],
)
def test_tasks_in_any_language(lines, tasks):
    assert len(read(talk(*lines)).tasks) == tasks


def test_the_description_keeps_the_users_language():
    ledger = read(talk("user: 你好，帮我写一个计算器程序", "agent: 程序已经写好了。"))

    assert ledger.descriptions == ["帮我写一个计算器程序"]

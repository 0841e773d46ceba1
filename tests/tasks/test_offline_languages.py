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


@pytest.mark.parametrize(
    ("message", "tasks"),
    [
        ("帮我写一个计算器程序，并且修复登录页面的错误", 2),
        ("请翻译这份菜单，然后预订明天的会议室", 2),
        ("帮我预订一张去上海的车票。另外帮我取消周五的晚餐", 2),
        ("请研究一下市场，并且总结要点", 1),
        ("帮我写一份通知：会议改到周五，另外请大家提前到", 1),
        ("帮我整理会议纪要，然后用表格列出来", 1),
    ],
)
def test_requests_joined_in_chinese_are_cut_where_both_have_a_verb(message, tasks):
    assert len(read(talk(f"user: {message}", "agent: 都完成了。")).tasks) == tasks


def test_the_description_keeps_the_users_language():
    ledger = read(talk("user: 你好，帮我写一个计算器程序", "agent: 程序已经写好了。"))

    assert ledger.descriptions == ["帮我写一个计算器程序"]

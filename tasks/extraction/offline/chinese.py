"""Requests and wishes in Chinese, which has neither spaces nor endings to go by."""

import re
from collections.abc import Iterator

from tasks.extraction.offline.stopwords import word_set

MARKS = r"请|帮我|帮忙|麻烦你?|给我|替我"
VERBS = (
    "写|翻译|整理|总结|生成|创建|新建|修复|修改|改写|润色|校对|添加|加上|增加|删除|删掉|更新|查找|查询|查一下|搜索|找"
    "|预订|预定|订|发送|发给|发邮件|检查|测试|运行|部署|安装|画|制作|做|列出|计算|比较|对比|分析|解释|优化|重构|实现"
    "|重命名|转换|转成|导出|导入|下载|上传|打开|关闭|设置|配置|推荐|安排|提醒|取消|购买|买|打印|保存"
)
# What is done with the result of the order before belongs to it, as in English.
DELIVERING = word_set("总结 列出 解释 检查 测试 运行 打印 保存 发给")
ORDER = re.compile(rf"^(?:再|还|也|现在|那|然后|并且?|另外|同时)*(?:(?:{MARKS}))*(?:再|也|把.{{1,20}}?)?({VERBS})")
ASKS = re.compile(MARKS)
SECOND = re.compile(
    rf"[，,；;、]?\s*(?:并且|然后|另外|同时|接着|此外|以及|并|再)(?:再|也|还)?(?=(?:{MARKS})*(?:把.{{1,20}}?)?(?:{VERBS}))"
)
STANDING = re.compile(r"^(?:以后|今后|从现在起|从今以后|每次都?|一律|总是|永远)")
SELF = re.compile(
    r"^我(?:还|也|一直|平时|通常)*"
    r"(?=(?:更|比较|很|最|不)?(?:喜欢|偏好|习惯|讨厌)|总是|从不|吃素|只(?:吃|喝|用|要|坐|住))"
)
NAME = re.compile(r"我(?:的名字)?(?:叫|是叫)([^，。！？\s]{1,10})")
LONGEST = 60


def order(said: str) -> str:
    """Return the verb of a clause that orders something, or nothing."""
    found = ORDER.match(said)
    return found[1] if found else ""


def coordinated(sentence: str) -> list[str]:
    """Cut a sentence where a second order begins, both halves having a verb."""
    start, pieces = 0, []
    for found in SECOND.finditer(sentence):
        verb = order(sentence[found.end() :])
        before = order(sentence[start : found.start()])
        asks_again = ASKS.match(sentence[found.end() :]) is not None
        if before and verb and (asks_again or verb not in DELIVERING):
            pieces.append(sentence[start : found.start()])
            start = found.end()
    return [piece.strip(" ，,；;、") for piece in (*pieces, sentence[start:])]


def wishes(said: str) -> Iterator[str]:
    """Yield the lasting wish that a sentence tells, about the user."""
    said = said.strip(" 。！!，,").replace("请", "")
    if len(said) > LONGEST:
        return
    if found := NAME.search(said):
        yield f"用户叫{found[1]}"
    elif STANDING.match(said):
        yield f"用户希望{said}"
    elif found := SELF.match(said):
        yield f"用户{said[1:].replace('我', '自己')}"

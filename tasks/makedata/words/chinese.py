"""Chinese conversations."""

from tasks.makedata.language import Language, Step, Story

CHINESE = Language(
    code="zh",
    joint="",
    stories=(
        Story(
            "帮我看一下 {file} 里的 {func} 为什么报错 {error}，并且修复它。",
            "修复 {file} 中 {func} 的报错",
            (
                Step("read_file", {"path": "{file}"}, "{code}", "阅读了 {file}"),
                Step(
                    "run_tests", {"path": "{file}"}, "{log}\nFAILED {file}::{test} - {error}", "运行测试并看到 {error}"
                ),
                Step(
                    "edit_file",
                    {"path": "{file}", "function": "{func}"},
                    "已修改 {file}，共 {small} 行",
                    "修改了 {func} 的时间比较",
                ),
            ),
            "原因是 {func} 把本地时间和世界时间混在一起比较。我已经修改了 {file}，测试全部通过。",
        ),
        Story(
            "请查询一下订单 {ticket} 的物流状态，客户{zh_person}很着急。",
            "查询订单 {ticket} 的物流状态",
            (
                Step(
                    "get_order",
                    {"order": "{ticket}"},
                    '{{"order": "{ticket}", "city": "{zh_city}", "state": "运输中"}}',
                    "查询了订单 {ticket}",
                ),
            ),
            "订单 {ticket} 目前在{zh_city}转运中心，预计 {small} 天后送达。需要我给{zh_person}发一条短信吗？",
        ),
        Story(
            "帮我比较{zh_city}的三家{zh_goods}供应商，重点看价格和交货时间。",
            "比较{zh_city}的三家{zh_goods}供应商",
            (
                Step(
                    "web_search",
                    {"query": "{zh_city} {zh_goods} 供应商"},
                    "1. {zh_company}：{zh_goods}，{small} 天发货\n2. {zh_company}：批发价 {n} 元起",
                    "搜索了{zh_city}的{zh_goods}供应商",
                ),
                Step(
                    "open_page",
                    {"url": "https://{noun}.example.com/jiage"},
                    "{zh_company} 报价单：每百件 {n} 元",
                    "阅读了{zh_company}的报价单",
                ),
            ),
            "| 供应商 | 价格 | 交货 |\n|---|---|---|\n| {zh_company} | {n} 元 | {small} 天 |\n| {zh_company} | {n} 元 | {small} 天 |",
        ),
        Story(
            "把昨天的会议记录整理成五点，发给{zh_person}。",
            "整理会议记录并发给{zh_person}",
            (
                Step(
                    "read_document",
                    {"title": "会议记录"},
                    "{zh_person}：上线推迟到下周，预算 {n} 元。",
                    "阅读了会议记录",
                ),
                Step(
                    "send_mail",
                    {"to": "{person}@example.com", "subject": "会议纪要"},
                    "已发送 {ticket}",
                    "把纪要发给了{zh_person}",
                ),
            ),
            "会议纪要已经发给{zh_person}：上线时间、预算、招聘、未解决的故障 {ticket} 以及下次会议时间。",
        ),
        Story(
            "接口 /api/{noun} 最近很慢，用户反馈超时，请分析日志并优化数据库查询。",
            "分析接口 /api/{noun} 变慢的原因并优化",
            (
                Step("query_logs", {"service": "{service}"}, "{log}", "查看了 {service} 的日志"),
                Step(
                    "run_sql",
                    {"sql": "EXPLAIN ANALYZE SELECT * FROM {noun} WHERE user_id = {n}"},
                    "Seq Scan on {noun} (rows={n})",
                    "发现 {noun} 表缺少索引",
                ),
            ),
            "数据库缺少用户编号的索引，每次都要扫描整张表。加上索引以后，查询时间从 {n} 毫秒降到 {small} 毫秒。",
        ),
        Story(
            "帮我规划一个去{zh_city}的周末旅行，两个人，预算 {n} 元。",
            "规划{zh_city}周末旅行，预算 {n} 元",
            (
                Step("search_trains", {"to": "{zh_city}"}, "G{n} 08:{n2} 出发，票价 {n} 元", "查询了去{zh_city}的高铁"),
                Step(
                    "search_hotels", {"city": "{zh_city}", "nights": 2}, "{zh_company}酒店，每晚 {n} 元", "查询了酒店"
                ),
            ),
            "建议周六早上坐 G{n} 次高铁，住在老城附近的酒店，第二天去博物馆。总共大约 {n} 元。",
        ),
        Story(
            "写一篇关于{zh_goods}的产品介绍，五百字左右，语气轻松一点。",
            "写一篇{zh_goods}的产品介绍",
            (),
            "每天早上，一杯热茶，一件好用的{zh_goods}，就是好心情的开始。我们的设计师花了 {small} 个月打磨每一个细节。",
        ),
    ),
    sentences=(
        "我先看了日志，然后检查了最近的改动。",
        "这个错误只在缓存为空的时候出现。",
        "项目里没有其他地方依赖它。",
        "如果需要，我还可以补充一个测试。",
        "旧的行为仍然可以通过配置打开。",
        "数据来自上周的报告。",
        "{zh_city}的客户不受影响。",
        "请求 {service} 用了 {n} 毫秒，大部分时间花在数据库上。",
        "建议以后把这个函数移到单独的模块。",
        "所有价格都不含税。",
    ),
    details=(
        "这是{zh_person}的账号。",
        "工单号是 {ticket}。",
        "不着急，但是最好在周五之前完成。",
        "请使用最新的数据。",
    ),
    thanks=("很好，已经可以了，谢谢！", "太棒了，就是我要的 👍", "没问题，谢谢你。"),
    complaints=("不对，还是一样的错误。", "我要的不是这个，我说的是{zh_goods}。", "结果有问题，少了第二行。"),
    small_talk=(("你好，在吗？", "你好！我在，有什么可以帮你？"), ("谢谢，再见", "不客气，再见！")),
    preferences=(
        ("以后请用中文回答，尽量简短。", "用户希望用中文简短回答"),
        ("我不吃辣，请记住。", "用户不吃辣"),
        ("以后报告都用表格。", "用户希望报告使用表格"),
    ),
    failure="这件事我没能完成：{error}。需要有 {service} 权限的同事处理。",
    confirmed="用户确认可以了",
    shown="最后一次工具调用显示了结果",
    claimed="助手说已经完成",
    failed="助手在 {error} 之后放弃了",
)

"""What stands in the slots of a text: files, functions, names, numbers, logs."""

from collections.abc import Callable, Sequence
from random import Random

FOLDERS = (
    "src/billing",
    "src/users",
    "app/views",
    "lib/sync",
    "services/orders",
    "pkg/cache",
    "web/components",
    "tests",
)
FILES = (
    "invoice.py",
    "session_store.py",
    "userProfile.tsx",
    "scheduler.go",
    "parser.rs",
    "index.ts",
    "models.py",
    "api.py",
)
VERBS = ("load", "parse", "fetch", "update", "merge", "render", "validate", "sync", "export", "retry")
NOUNS = ("invoices", "orders", "users", "sessions", "events", "payments", "shipments", "reports", "tokens", "webhooks")
SERVICES = ("billing", "checkout", "gateway", "search", "mailer", "auth-service", "scheduler", "warehouse")
ERRORS = ("TypeError", "KeyError: 'user_id'", "TimeoutError", "ConnectionResetError", "PermissionError", "HTTP 503",
          "ValueError: invalid date", "deadlock detected", "OutOfMemory", "AssertionError")  # fmt: skip
CITIES = ("Lisbon", "Hamburg", "Kraków", "Toronto", "Nairobi", "Bergen", "Porto", "Valencia", "Osaka", "Leipzig")
GOODS = ("ceramic tiles", "coffee beans", "bicycle lamps", "steel screws", "notebooks", "headphones", "solar panels")
COMPANIES = ("Brightwater", "Nordlicht", "Kestrel & Sons", "Alder Works", "Quantfield", "Bluepine", "Harbour Lane")
PERSONS = ("Alice", "Marek", "Priya", "Jonas", "Fatima", "Diego", "Ingrid", "Tomás", "Yuki", "Noor")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PACKAGES = ("httpx", "pydantic", "react-query", "tokio", "numpy", "celery", "vite")
ZH_CITIES = ("北京", "上海", "杭州", "成都", "深圳", "西安", "南京")
ZH_GOODS = ("陶瓷杯", "咖啡豆", "自行车灯", "蓝牙耳机", "太阳能板", "笔记本")
ZH_COMPANIES = ("明远贸易", "海蓝科技", "东方制造", "青松工坊", "云帆物流")
ZH_PERSONS = ("王芳", "李伟", "张敏", "刘洋", "陈静")
JA_CITIES = ("大阪", "京都", "札幌", "福岡", "名古屋")
JA_PERSONS = ("佐藤", "鈴木", "高橋", "田中")
LEVELS = ("INFO", "INFO", "INFO", "WARNING", "ERROR")

CHOICES = {
    "noun": NOUNS, "service": SERVICES, "error": ERRORS, "city": CITIES, "goods": GOODS, "company": COMPANIES,
    "person": PERSONS, "weekday": WEEKDAYS, "package": PACKAGES, "env": ("staging", "production"),
    "zh_city": ZH_CITIES, "zh_goods": ZH_GOODS, "zh_company": ZH_COMPANIES, "zh_person": ZH_PERSONS,
    "ja_city": JA_CITIES, "ja_person": JA_PERSONS,
}  # fmt: skip


def pick[T](rng: Random, choices: Sequence[T]) -> T:
    """Choose one; four times as quick as `rng.choice`, and this is called ten million times."""
    return choices[int(rng.random() * len(choices))]


class Slots(dict[str, str]):
    """The slots of one task: what was chosen once stays, so that a request and its answer name the same file.

    Numbers, logs and code are made anew each time.
    """

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self.rng = rng

    def fill(self, text: str) -> str:
        return text.format_map(self)

    def __missing__(self, name: str) -> str:
        if make := FRESH.get(name):
            return make(self)
        made = MADE[name](self) if name in MADE else pick(self.rng, CHOICES[name])
        self[name] = made
        return made


def _number(slots: Slots, low: int, high: int) -> str:
    return str(low + int(slots.rng.random() * (high - low)))


def _function(slots: Slots) -> str:
    verb, noun = pick(slots.rng, VERBS), pick(slots.rng, NOUNS)
    return f"{verb}_{noun}" if slots.rng.random() < 0.6 else f"{verb}{noun.capitalize()}"


def _log(slots: Slots) -> str:
    rng, lines = slots.rng, []
    for _ in range(1 + int(rng.random() * 6)):
        noun, service, level = pick(rng, NOUNS), pick(rng, SERVICES), pick(rng, LEVELS)
        clock = f"{_number(slots, 10, 24)}:{_number(slots, 10, 60)}:{_number(slots, 10, 60)}"
        lines.append(
            f"{clock} {level} {service} {noun} id={_number(slots, 1, 9_999_999)} took {_number(slots, 1, 900)} ms"
        )
    return "\n".join(lines)


def _code(slots: Slots) -> str:
    function, noun = slots["func"], slots["noun"]
    return (
        f"def {function}(self, {noun}: list[Row]) -> int:\n    seen = set()\n    for row in {noun}:\n"
        f"        if row.user_id in seen or row.age > {_number(slots, 1, 90)}:\n            continue\n"
        f"        seen.add(row.user_id)\n    return len(seen)\n"
    )


MADE: dict[str, Callable[[Slots], str]] = {
    "file": lambda slots: f"{pick(slots.rng, FOLDERS)}/{pick(slots.rng, FILES)}",
    "csv": lambda slots: f"{pick(slots.rng, NOUNS)}_{_number(slots, 2019, 2027)}.csv",
    "func": _function,
    "func2": _function,
    "test": lambda slots: f"test_{_function(slots)}",
    "ticket": lambda slots: f"{pick(slots.rng, ('PAY', 'OPS', 'WEB', 'ORD'))}-{_number(slots, 1000, 99_999)}",
    "version": lambda slots: f"{_number(slots, 1, 9)}.{_number(slots, 0, 30)}.{_number(slots, 0, 9)}",
}
FRESH: dict[str, Callable[[Slots], str]] = {
    "n": lambda slots: _number(slots, 12, 4_000),
    "n2": lambda slots: _number(slots, 10, 60),
    "small": lambda slots: _number(slots, 2, 9),
    "log": _log,
    "code": _code,
}

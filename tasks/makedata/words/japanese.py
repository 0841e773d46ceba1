"""Japanese conversations."""

from tasks.makedata.language import Language, Step, Story

JAPANESE = Language(
    code="ja",
    joint="",
    stories=(
        Story(
            "{file} の {func} がエラーになる原因を調べて、修正してください。",
            "{file} の {func} のエラーを修正する",
            (
                Step("read_file", {"path": "{file}"}, "{code}", "{file} を読んだ"),
                Step("run_tests", {"path": "{file}"}, "{log}\nFAILED {file}::{test} - {error}", "テストを実行した"),
            ),
            "原因はタイムゾーンの比較でした。{func} を修正したので、テストはすべて成功します。",
        ),
        Story(
            "注文 {ticket} の配送状況を確認して、{ja_person}さんに連絡してください。",
            "注文 {ticket} の配送状況を確認する",
            (
                Step(
                    "get_order",
                    {"order": "{ticket}"},
                    '{{"order": "{ticket}", "city": "{ja_city}", "state": "配送中"}}',
                    "注文 {ticket} を確認した",
                ),
            ),
            "注文 {ticket} は{ja_city}の倉庫を出発しました。{small} 日以内に届く予定です。{ja_person}さんにメールを送りました。",
        ),
        Story(
            "来週の{ja_city}出張の新幹線とホテルを探してください。予算は {n} 円です。",
            "{ja_city}出張の新幹線とホテルを探す",
            (Step("search_trains", {"to": "{ja_city}"}, "のぞみ {n2} 号 08:{n2} 発、{n} 円", "新幹線を検索した"),),
            "のぞみ {n2} 号が便利です。ホテルは駅から徒歩 {small} 分で、一泊 {n} 円です。",
        ),
    ),
    sentences=(
        "まずログを確認し、次に最近の変更を調べました。",
        "キャッシュが空のときだけエラーが発生します。",
        "データは先週のレポートのものです。",
        "必要であればテストも追加できます。",
    ),
    details=("チケットは {ticket} です。", "急ぎではありません。", "最新のデータを使ってください。"),
    thanks=("ありがとうございます、助かりました！", "完璧です 👍"),
    complaints=("まだ同じエラーが出ます。", "頼んだものと違います。"),
    small_talk=(("おはようございます", "おはようございます！何から始めましょうか。"),),
    preferences=(("これからは日本語で短く答えてください。", "ユーザーは日本語の短い回答を希望している"),),
    failure="完了できませんでした：{error}。",
    confirmed="ユーザーが確認した",
    shown="最後のツール呼び出しに結果が出ている",
    claimed="エージェントが完了したと述べた",
    failed="{error} のためエージェントが断念した",
)

"""German conversations."""

from tasks.makedata.language import Language, Step, Story

GERMAN = Language(
    code="de",
    joint=" ",
    stories=(
        Story(
            "Kannst du bitte prüfen, warum {func} in {file} den Fehler {error} wirft?",
            "Prüfen, warum {func} in {file} den Fehler {error} wirft",
            (
                Step("read_file", {"path": "{file}"}, "{code}", "{file} gelesen"),
                Step("run_tests", {"path": "{file}"}, "{log}\n{n} passed", "Tests ausgeführt"),
            ),
            "Die Ursache war ein fehlender Zeitstempel. {func} prüft ihn jetzt, und alle {n} Tests laufen durch.",
        ),
        Story(
            "Bitte erstelle eine Übersicht der Rechnungen für {company} aus {csv}.",
            "Übersicht der Rechnungen für {company} erstellen",
            (Step("load_csv", {"path": "{csv}"}, "{n} Zeilen, {small} Spalten", "{csv} geladen"),),
            "{company} hat {n} Rechnungen, davon {small} überfällig. Die Summe beträgt {n} Euro.",
        ),
        Story(
            "Suche mir eine Zugverbindung nach {city} am Freitagabend, möglichst ohne Umstieg.",
            "Zugverbindung nach {city} am Freitagabend suchen",
            (Step("search_trains", {"to": "{city}"}, "ab 17:{n2}, an 21:{n2}, {n} EUR", "Züge nach {city} gesucht"),),
            "Der ICE um 17:{n2} fährt ohne Umstieg nach {city} und kostet {n} Euro. Soll ich Plätze am Fenster nehmen?",
        ),
    ),
    sentences=(
        "Ich habe zuerst die Datei gelesen und dann die Änderungen der letzten Woche.",
        "Der Fehler tritt nur bei leerem Zwischenspeicher auf.",
        "Für die Kunden in {city} ändert sich nichts.",
        "Die Zahlen stammen aus dem Bericht von {weekday}.",
        "Größere Straßen und Brücken sind davon nicht betroffen.",
    ),
    details=("Es geht um das Konto von {person}.", "Das Ticket ist {ticket}.", "Es eilt nicht."),
    thanks=("Super, vielen Dank!", "Passt, danke dir."),
    complaints=("Nein, der Fehler ist immer noch da.", "Das stimmt so nicht, die zweite Zeile fehlt."),
    small_talk=(("Guten Morgen!", "Guten Morgen! Womit fangen wir an?"),),
    preferences=(("Bitte antworte immer auf Deutsch.", "Der Nutzer möchte Antworten auf Deutsch"),),
    failure="Das konnte ich nicht abschließen: {error}.",
    confirmed="Der Nutzer hat es bestätigt",
    shown="Der letzte Aufruf zeigt das Ergebnis",
    claimed="Der Agent sagt, es sei erledigt",
    failed="Der Agent hat nach {error} aufgegeben",
)

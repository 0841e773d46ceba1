"""The words that conversations are made of, a module for each language."""

from tasks.makedata.words import chinese, english, german, japanese

# How often each is spoken.
LANGUAGES = ((english.ENGLISH, 58), (chinese.CHINESE, 28), (german.GERMAN, 7), (japanese.JAPANESE, 7))

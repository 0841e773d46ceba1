"""Agents that store their talks over HTTP and send again, under the same key, what was not acknowledged."""

import random
import threading
import time
from collections import Counter
from typing import Any

import httpx

from chaos.talks import Talk, make_talk

PATIENCE_SECONDS = 120.0


class Agents:
    """Threads that store one talk after another until told to stop; each then ends its talk."""

    def __init__(self, url: str, key: str, *, seed: int, threads: int, pause: float) -> None:
        self.url, self.key, self.seed, self.pause = url, key, seed, pause
        self.talks: list[Talk] = []
        self.seen: Counter[str] = Counter()
        self.problems: list[str] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(index, threads)) for index in range(threads)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Return when every talk that was begun is stored whole."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _run(self, first: int, step: int) -> None:
        number = first
        with httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=6.0) as client:
            while not self.stopping.is_set():
                rng = random.Random(self.seed * 100_003 + number)
                try:
                    self._store(client, make_talk(number, rng), rng)
                except Exception as error:
                    self.problems.append(f"talk {number}: {type(error).__name__}: {error}")
                number += step

    def _store(self, client: httpx.Client, talk: Talk, rng: random.Random) -> None:
        body = {"user": talk.user} if talk.user else {}
        talk.session_id = self._post(client, "/session", body)["id"]
        self.talks.append(talk)
        place = 0
        while place < len(talk.blobs):
            count = rng.choice([1, 1, 1, 3])
            blobs = [{"blob": blob, "format": "openai"} for blob in talk.blobs[place : place + count]]
            key = {"Idempotency-Key": f"{talk.number}-{place}"}
            where = f"/session/{talk.session_id}/messages"
            if len(blobs) == 1:
                stored = [self._post(client, where, blobs[0], key)]
            else:
                stored = self._post(client, f"{where}/bulk", {"messages": blobs}, key)["items"]
            for message in stored:
                place += 1
                talk.acknowledged[place] = message["id"]
            if not self.stopping.is_set():
                time.sleep(self.pause * rng.uniform(0.2, 1.8))
        if rng.random() < 0.3:
            self._flush(client, talk)

    def _post(self, client: httpx.Client, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                response = client.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                self.seen["sent again: no answer"] += 1
            else:
                if response.status_code in (200, 201):
                    self.seen["acknowledged"] += 1
                    return response.json()["data"]
                if response.status_code < 500:
                    raise RuntimeError(f"{path} answered {response.status_code}: {response.text[:300]}")
                self.seen[f"sent again: {response.status_code}"] += 1
            if time.monotonic() > until:
                raise RuntimeError(f"{path} was never acknowledged")
            time.sleep(0.2)

    def _flush(self, client: httpx.Client, talk: Talk) -> None:
        try:
            client.post(f"/session/{talk.session_id}/flush")
            self.seen["flushed"] += 1
        except httpx.HTTPError:
            self.seen["flush without an answer"] += 1

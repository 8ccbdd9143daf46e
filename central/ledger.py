"""The ledger of submissions: each key once, for ever, with the answer it got, in one transaction."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update

from central import attachments
from central.alarm import raise_alarm
from central.clock import Clock, hall_day
from central.database import upsert
from central.departments import Departments
from central.examination import captured
from central.refusal import Refused, Why
from central.signature import Sender
from central.submission_lines import Line, read_lines
from central.tables import Serial, StoredSubmission
from kiosk.catalogue.model import Catalogue, Item
from offline_cache.wire import Progress, Submission, SubmissionAnswer, Verdict, canonical

ATTACHMENT_MISSING = "attachment-missing"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Takes submissions and tells what became of them; safe from any thread and from any number of workers."""

    engine: Engine
    catalogue: Catalogue
    departments: Departments
    clock: Clock

    def take(self, sender: Sender, body: bytes) -> tuple[SubmissionAnswer, ...]:
        """One answer a line, in order. The departments are asked first, outside the transaction that keeps the result."""
        now = self.clock()
        lines = read_lines(body, sender.kiosk)
        sound = {line.key: line for line in reversed(lines) if line.refused is None}
        known = self._known(sound)
        fresh = {key: line for key, line in sound.items() if key not in known}
        lacking = self._lacking(sender.kiosk, fresh)
        proposed = {key: lacking.get(key) or self._propose(line, now) for key, line in fresh.items()}
        unkept = {key: answer for key, answer in proposed.items() if _is_unexamined(answer)}
        keep = [(sound[key], answer) for key, answer in sorted(proposed.items()) if key not in unkept]
        stored, gone = self._keep(sender, keep, lines, now)
        unkept |= gone
        return tuple(line.refused or unkept.get(line.key) or _replay(line, stored[line.key]) for line in lines)

    def find(self, key: str) -> SubmissionAnswer:
        """The answer this key got; raises NOTHING_FOUND."""
        query = select(StoredSubmission.answer).where(StoredSubmission.key == key)
        with self.engine.connect().execution_options(reading=True) as connection:
            answer = connection.execute(query).scalar_one_or_none()
        if answer is None:
            raise Refused(Why.NOTHING_FOUND)
        return SubmissionAnswer.model_validate_json(answer)

    def progress(self, receipt_number: str, token: str) -> Progress:
        """Where it stands, for whoever holds the receipt; a wrong token is told nothing else than a wrong number."""
        query = select(StoredSubmission.__table__).where(StoredSubmission.receipt_number == receipt_number)
        with self.engine.connect().execution_options(reading=True) as connection:
            rows = connection.execute(query).mappings().all()
        row = next((row for row in rows if hmac.compare_digest(row["progress_token"].encode(), token.encode())), None)
        if row is None:
            raise Refused(Why.NOTHING_FOUND)
        answer = SubmissionAnswer.model_validate_json(row["answer"])
        item = self.catalogue.item(row["item"])
        return Progress(
            receipt_number=receipt_number,
            item=row["item"],
            title_zh=item.name.zh if item else row["item"],
            title_en=item.name.en if item else row["item"],
            verdict=answer.verdict,
            acceptance_number=answer.acceptance_number,
            approved=answer.approved,
            submitted_at=row["submitted_at"],
            arrived_at=row["arrived_at"],
            working_days=item.working_days if item else 0,
        )

    def _known(self, keys: Iterable[str]) -> set[str]:
        with self.engine.connect().execution_options(reading=True) as connection:
            return set(connection.execute(select(StoredSubmission.key).where(StoredSubmission.key.in_(list(keys)))).scalars())

    def _lacking(self, kiosk: str, lines: Mapping[str, Line]) -> dict[str, SubmissionAnswer]:
        """LATER for what names an attachment that has not come whole: the kiosk sends it and asks again."""
        named = {key: _names(line) for key, line in lines.items()}
        wanted = set().union(*named.values())
        if not wanted:
            return {}
        with self.engine.connect().execution_options(reading=True) as connection:
            missing = attachments.missing(connection, kiosk, wanted)
        return {key: _without_all(lines[key]) for key, names in named.items() if names & missing}

    def _propose(self, line: Line, now: datetime) -> SubmissionAnswer:
        """What the department says; nothing is kept yet."""
        submission = line.submission
        assert submission is not None
        item = self.catalogue.item(submission.item)
        if item is None:
            return line.answer(Verdict.REJECTED, reason=Why.ITEM_UNKNOWN.code)
        try:
            decision = self.departments.examine(item, self._as_asked_now(item, submission), now)
        except Refused as refused:
            wait_seconds = refused.retry_after_seconds or 60.0
            return line.answer(Verdict.LATER, reason=refused.why.code, retry_after_seconds=wait_seconds)
        return line.answer(
            decision.verdict,
            approved=decision.approved,
            rules=decision.rules,
            corrections=decision.corrections,
            reason="corrections-needed" if decision.corrections else "",
        )

    def _as_asked_now(self, item: Item, submission: Submission) -> Submission:
        """Without what the item asked when it was filled in, and asks no more: its resident need not come for that again."""
        if submission.catalogue_version == self.catalogue.version:
            return submission
        fields, papers = {field.name for field in item.fields()}, captured(item).keys()
        answers = {name: answer for name, answer in submission.answers.items() if name in fields}
        attached = tuple(one for one in submission.attachments if one.material in papers)
        return submission.model_copy(update={"answers": answers, "attachments": attached})

    def _keep(
        self, sender: Sender, keep: Sequence[tuple[Line, SubmissionAnswer]], lines: Sequence[Line], now: datetime
    ) -> tuple[dict[str, tuple[str, str]], dict[str, SubmissionAnswer]]:
        """Key → (content hash, answer) of all sound lines, as the ledger has them after this transaction.

        And LATER for what names an attachment that was forgotten since it was looked for.
        """
        with self.engine.begin() as connection:
            named = set().union(*(_names(line) for line, _ in keep))
            missing = attachments.missing(connection, sender.kiosk, named, hold=True) if named else set()
            gone = {line.key: _without_all(line) for line, _ in keep if _names(line) & missing}
            keep = [(line, answer) for line, answer in keep if line.key not in gone]
            fresh = _insert(connection, sender, keep, now)
            attachments.want(connection, sender.kiosk, (name for line, _ in keep if line.key in fresh for name in _names(line)))
            _answer(connection, sender, [answer for line, answer in keep if line.key in fresh], now)
            query = select(StoredSubmission.key, StoredSubmission.content_hash, StoredSubmission.answer)
            keys = [line.key for line in lines if line.refused is None]
            stored = {
                key: (hashed, text) for key, hashed, text in connection.execute(query.where(StoredSubmission.key.in_(keys)))
            }
            for line in sorted(lines, key=lambda line: line.key):  # as the rows: two workers wait, and never deadlock
                if line.key in stored and line.refused is None and stored[line.key][0] != line.content_hash:
                    raise_alarm(connection, sender.kiosk, Why.CONTENT_CONFLICT.code, line.key, now)
        return stored, gone


def _is_unexamined(answer: SubmissionAnswer) -> bool:
    """No department has judged it: sent again, once the catalogue here is mended, say, it is looked at anew."""
    return answer.verdict is Verdict.LATER or answer.reason == Why.ITEM_UNKNOWN.code


def _names(line: Line) -> set[str]:
    """Of the attachments."""
    return {one.sha256 for one in line.submission.attachments} if line.submission is not None else set()


def _without_all(line: Line) -> SubmissionAnswer:
    """The kiosk sends what is missing and asks again, later each time."""
    return line.answer(Verdict.LATER, reason=ATTACHMENT_MISSING)


def _insert(connection: Connection, sender: Sender, keep: Sequence[tuple[Line, SubmissionAnswer]], now: datetime) -> set[str]:
    """The keys that were new. Rows come sorted by key: two workers with the same batch wait, and never deadlock."""
    if not keep:
        return set()
    statement = upsert(connection, StoredSubmission).values([_row(sender, line, answer, now) for line, answer in keep])
    return set(connection.execute(statement.on_conflict_do_nothing().returning(StoredSubmission.key)).scalars())


def _row(sender: Sender, line: Line, answer: SubmissionAnswer, now: datetime) -> dict[str, Any]:
    submission = line.submission
    assert submission is not None
    return {
        "key": line.key,
        "content_hash": line.content_hash,
        "kiosk": sender.kiosk,
        "generation": sender.generation,
        "receipt_number": submission.receipt_number,
        "item": submission.item,
        "submitted_at": submission.submitted_at,
        "arrived_at": now,
        "clock_offset_ms": line.clock_offset_ms,
        "practice": submission.practice,
        "progress_token": submission.progress_token,
        "content": canonical(line.content),
        "verdict": answer.verdict.value,
        "acceptance_number": "",
        "answer": "",
    }


def _answer(connection: Connection, sender: Sender, answers: Sequence[SubmissionAnswer], now: datetime) -> None:
    """Number what is accepted and write the answers; the day's serial is locked last, and only until the commit."""
    if not answers:
        return
    accepted = [answer for answer in answers if answer.verdict in (Verdict.ACCEPTED, Verdict.DECIDED)]
    serial = _serials(connection, hall_day(now), len(accepted)) if accepted else 0
    written = []
    for answer in answers:
        number = ""
        if answer.verdict in (Verdict.ACCEPTED, Verdict.DECIDED):
            number, serial = f"SL-{sender.area}-{hall_day(now)}-{serial:06d}", serial + 1
            answer = answer.model_copy(update={"acceptance_number": number, "accepted_at": now})
        written.append({"of": answer.key, "number": number, "text": answer.model_dump_json()})
    statement = update(StoredSubmission).where(StoredSubmission.key == bindparam("of"))
    connection.execute(statement.values(acceptance_number=bindparam("number"), answer=bindparam("text")), written)


def skip_serials(engine: Engine, count: int, clock: Clock) -> int:
    """Give none of the day's next acceptance numbers: a database that was put back does not know which were given. The last."""
    with engine.begin() as connection:
        return _serials(connection, hall_day(clock()), count) + count - 1


def _serials(connection: Connection, day: str, count: int) -> int:
    """Take `count` serials of the day; the first of them."""
    statement = upsert(connection, Serial).values(day=day, last=count)
    more = statement.on_conflict_do_update(index_elements=["day"], set_={"last": Serial.last + count})
    last: int = connection.execute(more.returning(Serial.last)).scalar_one()
    return last - count + 1


def _replay(line: Line, stored: tuple[str, str]) -> SubmissionAnswer:
    """The kept answer; to another content under the same key, only that it conflicts."""
    content_hash, answer = stored
    if content_hash != line.content_hash:
        return line.answer(Verdict.REJECTED, reason=Why.CONTENT_CONFLICT.code)
    return SubmissionAnswer.model_validate_json(answer)

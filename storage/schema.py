"""The tables. Names are the glossary's; every change comes with a migration (storage/migrations).

Two rules run through all of them. History is never overwritten: units, memberships and roles are valid
from a day to a day (`valid_to` is the first day on which they no longer hold), scores and decisions are added
with actor and time. And due instants live on the fact itself, in `next_due_at`.

An index of a part of its table is the same on both databases: what is said of SQLite here, storage/migrations/env.py
says of PostgreSQL. Who says anything of PostgreSQL loads its dialect with all its drivers.

A row that everybody's event or message writes is in as few indexes as its questions need, each over the part that is
asked for (docs/decisions/0044-what-is-asked-is-indexed.md). On SQLite a table that is found by a key of its own is
stored by that key (`sqlite_with_rowid=False`), and not beside it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import Day, Document, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for INTEGER, PostgreSQL wants 64 bits.
Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=nullable)


# ------------------------------------------------------------------------------ the organisation

units = Table("units", metadata, _id(), Column("created_at", Instant, nullable=False))

unit_versions = Table(
    "unit_versions",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),  # folded: no diacritics, lower case
    Column("kind", String(16), nullable=False),
    Column("cell_kind", String(16)),
    _ref("parent_id", "units", nullable=True),
    Column("valid_from", Day, nullable=False),
    Column("valid_to", Day),
    Index("ix_unit_versions_unit_id", "unit_id"),
    Index("ix_unit_versions_parent_id", "parent_id"),
    Index(
        "uq_unit_versions_open",
        "unit_id",
        unique=True,
        sqlite_where=text("valid_to IS NULL"),
    ),
)

# ---------------------------------------------------------------------------------------- people

people = Table(
    "people",
    metadata,
    _id(),
    Column("full_name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("birth_year", SmallInteger),
    Column("birth_date", Day),
    Column("member_code", Text, unique=True),
    Column("joined_on", Day),
    Column("official_on", Day),
    Column("created_at", Instant, nullable=False),
    Index("ix_people_name_key", "name_key"),
)

memberships = Table(
    "memberships",
    metadata,
    _id(),
    _ref("person_id", "people"),
    _ref("unit_id", "units"),
    Column("status", String(16), nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("valid_to", Day),
    Index("ix_memberships_person_id", "person_id"),
    Index("ix_memberships_unit_id", "unit_id"),
    # One home cell at a time; a temporary place beside it is possible.
    Index(
        "uq_memberships_home",
        "person_id",
        unique=True,
        sqlite_where=text("valid_to IS NULL AND status <> 'temporary_in'"),
    ),
    Index(
        "uq_memberships_open",
        "person_id",
        "unit_id",
        unique=True,
        sqlite_where=text("valid_to IS NULL"),
    ),
)

roles = Table(
    "roles",
    metadata,
    _id(),
    _ref("person_id", "people"),
    _ref("unit_id", "units"),
    Column("role", String(32), nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("valid_to", Day),
    Index("ix_roles_person_id", "person_id"),
    Index("ix_roles_unit_id", "unit_id"),
    Index(
        "uq_roles_open",
        "person_id",
        "unit_id",
        "role",
        unique=True,
        sqlite_where=text("valid_to IS NULL"),
    ),
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    _ref("person_id", "people"),
    Column("linked_at", Instant, nullable=False),
    Column("unlinked_at", Instant),
    Column("blocked_at", Instant),
    Column("preferred", Boolean, nullable=False, default=False),
    Index("ix_addresses_person_id", "person_id"),
    Index(
        "uq_addresses_linked",
        "account",
        "chat",
        unique=True,
        sqlite_where=text("unlinked_at IS NULL"),
    ),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _ref("person_id", "people"),
    Column("text_version", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_consents_person_id", "person_id"),
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _ref("person_id", "people"),
    Column("seed", String(32), nullable=False),  # the code is made of this and the installation's secret
    Column("code_hash", String(64), nullable=False, unique=True),
    _ref("issued_by", "people", nullable=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    Index("ix_invitations_person_id", "person_id"),
)

# A wrong code, remembered only as long as the throttle needs it; the address is a keyed hash.
code_attempts = Table(
    "code_attempts",
    metadata,
    _id(),
    Column("address_hash", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_code_attempts_address_hash_at", "address_hash", "at"),
    Index("ix_code_attempts_at", "at"),
)

# ------------------------------------------------------------------------------------- the spine

events = Table(
    "events",
    metadata,
    Column("account", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("incident", Text),
    Index(
        "ix_events_failed",
        "seen_at",
        sqlite_where=text("incident IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

# Events whose handling failed, to be handled once more by `bot.py replay`. Deleted after a time (storage.dead_letters).
dead_letters = Table(
    "dead_letters",
    metadata,
    _id(),
    Column("incident", String(16), nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    _ref("person_id", "people", nullable=True),  # who spoke; nobody else's words are they afterwards
    Column("payload", Text),  # bot.chat.encode_payload; nothing any more once it was replayed
    Column("context", Text, nullable=False),  # what typed words answered then
    Column("error", Text, nullable=False),  # the kind of failure, without a word of what was said
    Column("failed_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False),  # replays that failed
    Column("tried_at", Instant),
    Column("replayed_at", Instant),
    Index("ix_dead_letters_account_chat", "account", "chat"),
    Index("ix_dead_letters_failed_at", "failed_at"),
)

dialogues = Table(
    "dialogues",
    metadata,
    _id(),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    _ref("person_id", "people", nullable=True),
    Column("journey", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("step", String(32), nullable=False),
    Column("answers", Document, nullable=False),
    Column("version", Text, nullable=False),
    Column("state", String(8), nullable=False),  # open, parked, ended
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(
        "uq_dialogues_open",
        "account",
        "chat",
        unique=True,
        sqlite_where=text("state = 'open'"),
    ),
    Index("ix_dialogues_account_chat_journey", "account", "chat", "journey"),
    Index("ix_dialogues_expires_at", "expires_at"),
    sqlite_autoincrement=True,  # old buttons carry the id: a deleted one is never given again
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    _ref("person_id", "people", nullable=True),
    Column("priority", SmallInteger, nullable=False),
    Column("body", Text, nullable=False),  # bot.chat.encode_message
    Column("has_choices", Boolean, nullable=False),
    Column("slot", Text),
    Column("replaces", Text),  # external id of the message to edit
    Column("batch", Text),  # what it belongs to, for counting: "broadcast:12"
    Column("unique_key", Text),  # kind, subject, person, step: said once, however often asked
    Column("about", Text),  # what it asks the person: "meeting:12"; answered elsewhere, it is edited to say so
    Column("tried", Text),  # ids of the person's other addresses at which it could not be said: "3 17"
    Column("forget", Boolean, nullable=False, default=False),  # deleted as soon as it is sent
    Column("state", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),  # said later than this it would be too late: it becomes missed
    Column("lease_until", Instant),
    Column("attempts", SmallInteger, nullable=False, default=0),  # tries that count; being rate limited is none
    Column("doubtful", Boolean, nullable=False, default=False),  # a try of it may have said it
    Column("external_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),  # None while it is queued or in flight
    Column("failure", Text),
    # In pairs: for a longer list SQLite makes a table at every row that it writes.
    CheckConstraint(
        "finished_at IS NULL AND state IN ('queued','in_flight') OR finished_at IS NOT NULL AND "
        "(state IN ('sent','blocked') OR state IN ('failed','uncertain') OR state IN ('cancelled','missed'))",
        name="state",
    ),
    # An answer has no key: it is not in here.
    Index(
        "uq_outbox_unique_key",
        "unique_key",
        unique=True,
        sqlite_where=text("unique_key IS NOT NULL"),
    ),
    Index(
        "ix_outbox_due",
        "account",
        "priority",
        "due_at",
        "id",
        sqlite_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_expires",
        "expires_at",
        sqlite_where=text("state = 'queued' AND expires_at IS NOT NULL"),
    ),
    Index(
        "ix_outbox_lease",
        "lease_until",
        sqlite_where=text("state = 'in_flight'"),
    ),
    # Order per chat: what is still unfinished before this row? Being claimed changes nothing in here.
    Index(
        "ix_outbox_unfinished",
        "account",
        "chat",
        "id",
        sqlite_where=text("finished_at IS NULL"),
    ),
    # What stands where a message that moves stood?
    Index(
        "ix_outbox_slot",
        "account",
        "chat",
        "slot",
        "id",
        sqlite_where=text("slot IS NOT NULL"),
    ),
    # What is to be forgotten when a guest leaves or joins?
    Index(
        "ix_outbox_guest",
        "account",
        "chat",
        sqlite_where=text("person_id IS NULL"),
    ),
    # What was ended because an address is blocked, and goes elsewhere?
    Index(
        "ix_outbox_blocked",
        "account",
        "chat",
        sqlite_where=text("state = 'blocked'"),
    ),
    # What was asked last in this chat?
    Index(
        "ix_outbox_asked",
        "account",
        "chat",
        "finished_at",
        "id",
        sqlite_where=text("has_choices = 1 AND finished_at IS NOT NULL"),
    ),
    Index(
        "ix_outbox_batch_state",
        "batch",
        "state",
        sqlite_where=text("batch IS NOT NULL"),
    ),
    # Where was this asked?
    Index(
        "ix_outbox_about",
        "person_id",
        "about",
        sqlite_where=text("about IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # the id is the delivery's key: a forgotten one is never given again
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    _ref("actor_id", "people", nullable=True),  # None: the clock, or the command line
    Column("action", String(48), nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Document, nullable=False),
)

# ------------------------------------------------------------------------------- rounds and answers

# The exact texts that somebody was shown and agreed to, by hash.
content_texts = Table(
    "content_texts",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("version", Text, nullable=False),
    Column("body", Document, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)

# When the next round of this committee opens.
calendars = Table(
    "calendars",
    metadata,
    Column("unit_id", Id, ForeignKey("units.id"), primary_key=True),
    Column("window_at", Id, nullable=False, default=0),  # the last cell for which rounds were opened, while it goes on
    Column("next_due_at", Instant),
    Index(
        "ix_calendars_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
)

rounds = Table(
    "rounds",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),  # pledge, self_report, review
    _ref("unit_id", "units"),
    Column("period", String(16), nullable=False),  # "2027", "2027-Q1", "2027-03"
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("next_due_at", Instant),
    Column("next_step", String(8)),
    UniqueConstraint("kind", "unit_id", "period"),
    Index(
        "ix_rounds_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
)

pledges = Table(
    "pledges",
    metadata,
    _id(),
    _ref("round_id", "rounds"),
    _ref("person_id", "people"),
    Column("text_version", Text, nullable=False),
    Column("text_hash", String(64), ForeignKey("content_texts.hash"), nullable=False),
    Column("commitments", Document, nullable=False),  # the person's own, by good
    Column("code", Text, nullable=False, unique=True),
    Column("recorded_at", Instant, nullable=False),
    _ref("recorded_by", "people"),
    Column("on_behalf", Boolean, nullable=False),
    Column("paper_signed_at", Instant),
    _ref("paper_ticked_by", "people", nullable=True),
    Column("voided_at", Instant),  # recorded on behalf of somebody who did not agree, or by mistake
    Index(
        "uq_pledges_counted",
        "round_id",
        "person_id",
        "text_hash",
        unique=True,
        sqlite_where=text("voided_at IS NULL"),
    ),
    Index("ix_pledges_person_id", "person_id"),
)

self_reports = Table(
    "self_reports",
    metadata,
    _id(),
    _ref("round_id", "rounds"),
    _ref("person_id", "people"),
    Column("version", Integer, nullable=False),
    Column("criteria_key", Text, nullable=False),
    Column("criteria_version", Text, nullable=False),
    Column("criteria_hash", String(64), ForeignKey("content_texts.hash"), nullable=False),
    Column("answers", Document, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("submitted_at", Instant, nullable=False),
    _ref("submitted_by", "people"),
    Column("on_behalf", Boolean, nullable=False),
    UniqueConstraint("round_id", "person_id", "version"),
    Index("ix_self_reports_person_id", "person_id"),
)

# The secretary ticks that the paper self-review was handed in; the paper itself is never kept here.
self_reviews = Table(
    "self_reviews",
    metadata,
    _id(),
    _ref("round_id", "rounds"),
    _ref("person_id", "people"),
    Column("handed_in_at", Instant, nullable=False),
    _ref("recorded_by", "people"),
    Column("voided_at", Instant),
    Index(
        "uq_self_reviews_handed_in",
        "round_id",
        "person_id",
        unique=True,
        sqlite_where=text("voided_at IS NULL"),
    ),
)

receipts = Table(
    "receipts",
    metadata,
    Column("code", Text, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

snoozes = Table(
    "snoozes",
    metadata,
    _id(),
    _ref("person_id", "people"),
    Column("kind", String(16), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("next_due_at", Instant),
    Column("created_at", Instant, nullable=False),
    Index(
        "ix_snoozes_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
    Index("ix_snoozes_person_id", "person_id"),
)

# A step of a ladder that was too late to be said; it is reported, never sent.
missed_steps = Table(
    "missed_steps",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("step", String(8), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("noticed_at", Instant, nullable=False),
    UniqueConstraint("kind", "subject_id", "step", "planned_at"),
)

# A step of a round that is being said to its members, or, when it was missed, told to those who lead their cells: some
# people at a time, until nobody is left and the row is deleted.
sayings = Table(
    "sayings",
    metadata,
    _id(),
    _ref("round_id", "rounds"),
    Column("step", String(8), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("due_at", Instant),  # when it is said; None: it was missed
    Column("expires_at", Instant),
    Column("window_at", Id, nullable=False),  # the last person (missed: cell) whose row is in the outbox
    Column("next_due_at", Instant, nullable=False),
    UniqueConstraint("round_id", "step", "planned_at"),
    Index("ix_sayings_next_due_at", "next_due_at"),
)

# -------------------------------------------------------------------------------------- meetings

meetings = Table(
    "meetings",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    Column("kind", String(16), nullable=False),  # regular_meeting, thematic_meeting
    Column("starts_at", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("agenda", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("asked_version", Integer, nullable=False),  # set the time: replies to older ones do not count
    Column("confirm_key", Text, nullable=False, unique=True),  # the same confirmation counts once
    Column("created_at", Instant, nullable=False),
    _ref("sent_by", "people"),  # who sent the newest notice, and where they follow the replies
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("cancelled_at", Instant),
    Column("next_due_at", Instant),
    Column("next_step", String(8)),
    Index("ix_meetings_unit_id_starts_at", "unit_id", "starts_at"),
    Index(
        "ix_meetings_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
)

# Every notice as it was sent; the meeting itself holds the newest.
meeting_versions = Table(
    "meeting_versions",
    metadata,
    _ref("meeting_id", "meetings"),
    Column("version", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("agenda", Text, nullable=False),
    _ref("sent_by", "people"),
    Column("sent_at", Instant, nullable=False),
    PrimaryKeyConstraint("meeting_id", "version"),
)

# Replies are added; the newest of a person counts, if it is to the time that holds.
meeting_replies = Table(
    "meeting_replies",
    metadata,
    _id(),
    _ref("meeting_id", "meetings"),
    Column("version", Integer, nullable=False),
    _ref("person_id", "people"),
    Column("answer", String(16), nullable=False),  # present, excused
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    _ref("recorded_by", "people"),
    Column("on_behalf", Boolean, nullable=False),
    Index("ix_meeting_replies_meeting_id_person_id", "meeting_id", "person_id"),
)

# ------------------------------------------------------------------------- files, imports, broadcasts

files = Table(
    "files",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _ref("created_by", "people", nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_files_expires_at", "expires_at"),
    sqlite_autoincrement=True,  # old messages carry the id: a deleted one is never given again
)

imports = Table(
    "imports",
    metadata,
    _id(),
    _ref("unit_id", "units"),
    Column("file_id", Id, ForeignKey("files.id", ondelete="SET NULL")),
    _ref("created_by", "people", nullable=True),  # None: the command line
    Column("created_at", Instant, nullable=False),
    Column("dialogue_id", Id),  # where the sender is told what came of the check; dialogues are deleted
    Column("state", String(8), nullable=False),  # bot.domain.roster_import.ImportState
    Column("attempts", SmallInteger, nullable=False, default=0),
    Column("refused", Text),  # why the whole file was refused
    Column("roster", Text),  # its checked rows and their faults, until it is applied or dropped
    Column("summary", Text),  # what the sender was shown
    Column("applied_at", Instant),
    Column("next_due_at", Instant),  # to be checked; later: to be forgotten
    Index(
        "ix_imports_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
    Index("ix_imports_unit_id", "unit_id"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
    _ref("author_id", "people"),
    _ref("unit_id", "units"),
    Column("audience", Document, nullable=False),  # the rule, frozen
    Column("text", Text, nullable=False),
    Column("file_id", Id, ForeignKey("files.id")),
    Column("confirm_key", Text, nullable=False, unique=True),  # the same confirmation counts once
    Column("state", String(8), nullable=False),  # running, stopped, done
    Column("confirmed_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("window_at", Id, nullable=False),  # the last person whose row is in the outbox
    Column("known_to", Id, nullable=False, default=0),  # the newest membership (or role) when it was confirmed
    Column("passed", Integer, nullable=False, default=0),  # people up to there
    Column("total", Integer),  # None: more than were counted; known when the window has passed them all
    Column("unreachable", Integer, nullable=False),  # of those passed so far, without an address
    Column("account", Text, nullable=False),  # where the author follows the progress
    Column("chat", Text, nullable=False),
    Column("shown", Document, nullable=False),  # the counts that the author saw last
    Column("finished_at", Instant),
    Column("next_due_at", Instant),
    Index(
        "ix_broadcasts_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
    ),
)

# ------------------------------------------------------------------------------------- our own page

mails = Table(
    "mails",
    metadata,
    _id(),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("incoming", Boolean, nullable=False),
    Column("key", Text, nullable=False),  # the delivery's key or the event's id
    Column("body", Text, nullable=False),
    Column("file_name", Text),
    Column("file_mime", Text),
    Column("file_content", LargeBinary),
    Column("at", Instant, nullable=False),
    Column("change", Id, nullable=False),  # grows with every new or replaced mail of the account
    Column("read", Boolean, nullable=False),
    UniqueConstraint("account", "key"),
    Index("ix_mails_account_chat_id", "account", "chat", "id"),
    Index("ix_mails_account_change", "account", "change"),
)

# The last change of each account's mails; its row lock puts changes in order.
mail_changes = Table(
    "mail_changes",
    metadata,
    Column("account", Text, primary_key=True),
    Column("change", Id, nullable=False),
    sqlite_with_rowid=False,
)

# A way onto the page for one person, once: a link that the bot sent, or a code that a secretary read out.
page_passes = Table(
    "page_passes",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),  # link, code
    _ref("person_id", "people"),
    Column("target", Text, nullable=False),  # what is pressed once the person is there, or nothing
    _ref("issued_by", "people", nullable=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    Index("ix_page_passes_person_id", "person_id"),
    Index("ix_page_passes_expires_at", "expires_at"),
)

# A browser that is signed in to one chat of the page; whose chat that is, the table of addresses says.
page_sessions = Table(
    "page_sessions",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("device", String(16), nullable=False),  # bot.domain.page.Device
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_page_sessions_account_chat", "account", "chat"),
    Index("ix_page_sessions_expires_at", "expires_at"),
)

# Where a browser's push service takes a nudge; gone with its session.
page_subscriptions = Table(
    "page_subscriptions",
    metadata,
    _id(),
    Column("session_id", Id, ForeignKey("page_sessions.id", ondelete="CASCADE"), nullable=False),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Index("ix_page_subscriptions_session_id", "session_id"),
)

# -------------------------------------------------------------------------------------- the way out

# An account's way out, as all senders share it and a restart finds it again.
lanes = Table(
    "lanes",
    metadata,
    Column("account", Text, primary_key=True),
    Column("next_at", Instant),  # the next free place of its pace
    Column("sender", String(32)),  # who took the places before it
    Column("held_at", Instant),  # when the messenger asked to wait, and until when
    Column("held_until", Instant),
    Column("failures", Integer, nullable=False),  # in a row, each in another chat than the one before it
    Column("failed_chat", Text),
    Column("failing_since", Instant),
    Column("pauses", Integer, nullable=False),  # since it fails; each is longer than the one before it
    Column("paused_until", Instant),
    Column("why", Text),  # the last failure
    Column("closed_at", Instant),  # since when the settings do not name the account any more
    sqlite_with_rowid=False,
)

# The pace of each chat that was spoken to just now; rows whose time has passed mean nothing and are deleted.
lane_chats = Table(
    "lane_chats",
    metadata,
    Column("account", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("next_at", Instant, nullable=False),
    Index("ix_lane_chats_account_next_at", "account", "next_at"),
    sqlite_with_rowid=False,
)

# What an account has said in a month of Viet Nam's time, where the messenger counts.
quotas = Table(
    "quotas",
    metadata,
    Column("account", Text, primary_key=True),
    Column("month", String(7), primary_key=True),  # "2027-03"
    Column("used", Integer, nullable=False),
    Column("told", SmallInteger, nullable=False),  # the percentage that the administrators were told of
    Column("told_of", Integer),  # and of how many messages
    Column("gone_at", Instant),  # when the messenger said that the month's messages are gone
    Column("probe_at", Instant),  # when it is asked again
    sqlite_with_rowid=False,
)

# Small facts of the installation: the rehearsal's clock, its printed codes.
kept_values = Table(
    "kept_values",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

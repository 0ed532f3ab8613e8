"""Names for numbers: one type an identity, so that they cannot be mixed up."""

from typing import NewType

PersonId = NewType("PersonId", int)
UnitId = NewType("UnitId", int)
AddressId = NewType("AddressId", int)
InvitationId = NewType("InvitationId", int)
RoundId = NewType("RoundId", int)
PledgeId = NewType("PledgeId", int)
MeetingId = NewType("MeetingId", int)
BroadcastId = NewType("BroadcastId", int)
ImportId = NewType("ImportId", int)
FileId = NewType("FileId", int)
DialogueId = NewType("DialogueId", int)
SnoozeId = NewType("SnoozeId", int)
DeadLetterId = NewType("DeadLetterId", int)
SayingId = NewType("SayingId", int)

// Package desk is the single point of contact: the one counter behind every door.
//
// HTTP and Slack turn a person's wish into a call on Desk and turn the answer
// back into words. Everything between happens here, once: who is asking, whether
// they may, whether this was asked before, what is signed and sent, and that a
// refusal leaves a trace. Whether the record's state allows an act is decided
// deeper still, by the process that owns the record. The desk writes no record.
package desk

package desk

import "github.com/steward-itsm/steward/itsm"

// Caller is who asks, and how to tell one asking from its repeat.
type Caller struct {
	itsm.Actor
	// Key names this asking. The same key from the same person for the same act
	// counts once, however often it arrives (Idempotency-Key; in Slack the click).
	// Empty: every arrival is an asking of its own.
	Key string
	// Source is the address that the request came from, for the audit.
	Source string
}

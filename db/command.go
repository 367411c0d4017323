package db

import (
	"context"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// RecordCommand enters in the audit what an operator did at the command line, when
// no other method of the Store does it. Facts hold nothing personal.
func (s *Store) RecordCommand(ctx context.Context, action, subject, by string, facts map[string]string) error {
	return refusal("record command", s.rows.EnterAudit(ctx, command(action, subject, by, facts)))
}

// command is the audit's entry of what an operator did at the command line.
func command(action, subject, by string, facts map[string]string) rows.EnterAuditParams {
	if facts == nil {
		facts = map[string]string{}
	}
	return rows.EnterAuditParams{
		Outcome: "done", Action: action, Subject: subject, Actor: by, Door: string(itsm.DoorCLI),
		Facts: facts, Personal: map[string]string{},
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// What a change leaves behind when it is approved, started and completed by its
// own requester.
const (
	messagesOfAChange = 1 + 1                  // the card, and that it was approved, to the requester;
	perApprover       = 1                      // and one asks each approver
	visibleWithin     = 10 * time.Second       // visibility is behind the histories
	lookAgain         = 100 * time.Millisecond // while it is
)

// tally is how many of something there should be, and how many there are.
type tally struct {
	what         string
	asked, found int
}

// mismatch says what is missing or too much; nil when all is as asked.
func mismatch(all []tally) error {
	for _, t := range all {
		if t.asked != t.found {
			return fmt.Errorf("what arrived is not what was asked: %d %s, and %d are there", t.asked, t.what, t.found)
		}
	}
	return nil
}

// arrived counts in every place where a change leaves a trace, and fails unless
// each holds exactly what was acknowledged.
func (s *stage) arrived(ctx context.Context, out io.Writer, m measured) error {
	ours := m.asked[(&stewardSide{}).name()]
	all, err := s.recorded(ctx, m)
	if err != nil {
		return err
	}
	for _, v := range seen(m, ours) {
		found, err := s.visible(ctx, v.what, v.asked)
		if err != nil {
			return err
		}
		all = append(all, tally{"workflows visible with " + v.what, v.asked, found})
	}
	for _, t := range all {
		if _, err := fmt.Fprintf(out, "%6d of %6d  %s\n", t.found, t.asked, t.what); err != nil {
			return err
		}
	}
	return mismatch(all)
}

// seen is what visibility should hold, by query.
func seen(m measured, ours int) []tally {
	all := []tally{
		{"WorkflowType = 'Change' AND ExecutionStatus = 'Completed' AND StewardState = 'closed'", ours, 0},
		{"ExecutionStatus != 'Completed'", 0, 0},
	}
	for _, p := range paths {
		all = append(all,
			tally{"WorkflowType = 'Change' AND StewardRisk = '" + string(p.risk) + "'", m.went[ways{(&stewardSide{}).name(), p}], 0},
			tally{"WorkflowType = '" + p.bareType + "' AND ExecutionStatus = 'Completed'", m.went[ways{(&bareSide{}).name(), p}], 0})
	}
	return all
}

// recorded counts in Postgres and in Slack.
func (s *stage) recorded(ctx context.Context, m measured) (all []tally, err error) {
	asked, events, votes := m.asked[(&stewardSide{}).name()], 0, 0
	for _, p := range paths {
		n := m.went[ways{(&stewardSide{}).name(), p}]
		events, votes = events+n*p.events(), votes+n*p.votes
	}
	messages := asked * (messagesOfAChange + perApprover*len(approvers))
	for _, q := range []struct {
		what, query string
		asked       int
	}{
		{"changes in Postgres", "SELECT count(*) FROM changes", asked},
		{"closed changes in Postgres", "SELECT count(*) FROM changes WHERE state = 'closed' AND outcome = 'successful'", asked},
		{"approvals in Postgres", "SELECT count(*) FROM decisions WHERE verdict = 'approve'", votes},
		{"events in Postgres", "SELECT count(*) FROM events", events},
		{"audit entries", "SELECT count(*) FROM audit_entries WHERE action LIKE 'change.%' AND outcome = 'done'", events},
		{"refusals in the audit", "SELECT count(*) FROM audit_entries WHERE outcome = 'refused'", 0},
		{"messages in the ledger", "SELECT count(*) FROM messages WHERE state = 'posted'", messages},
	} {
		t := tally{what: q.what, asked: q.asked}
		if err := s.store.Pool().QueryRow(ctx, q.query).Scan(&t.found); err != nil {
			return all, err
		}
		all = append(all, t)
	}
	return append(all, tally{"messages in Slack's stand-in", messages, s.messages()}), nil
}

// messages counts what the stand-in keeps, in channels and direct messages.
func (s *stage) messages() (n int) {
	for _, c := range s.slackConfig.Channels {
		n += len(s.slack.Messages(c.ID))
	}
	for _, u := range s.slackConfig.Users {
		n += len(s.slack.Messages(u.ID))
	}
	return n
}

// visible counts workflows until there are as many as asked, for a while.
func (s *stage) visible(ctx context.Context, query string, asked int) (found int, err error) {
	ctx, cancel := context.WithTimeout(ctx, visibleWithin)
	defer cancel()
	for {
		answer, err := s.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: client.DefaultNamespace, Query: query})
		if err != nil {
			return found, err
		}
		if found = int(answer.GetCount()); found == asked {
			return found, nil
		}
		select {
		case <-ctx.Done():
			return found, nil
		case <-time.After(lookAgain):
		}
	}
}

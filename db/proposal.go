package db

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Proposal is a problem that is to be proposed.
type Proposal struct {
	Key   string // that it is raised under, once
	Draft itsm.ProblemDraft
}

// Proposals lists the problems that the record book asks for and nobody raised yet, the
// oldest first and no more than most: for an incident of the highest priority, for a
// change that failed, for incidents that are alike. Once the problem is recorded, it is
// proposed no more. Triggers that nothing is proposed for are not read: what is due for
// one of them stands in no other's way.
func (s *Store) Proposals(ctx context.Context, proposes func(itsm.ProblemTrigger) bool, most int) ([]Proposal, error) {
	var all []dueProposal
	for _, due := range []struct {
		trigger itsm.ProblemTrigger
		read    func(context.Context, int32) ([]dueProposal, error)
	}{
		{itsm.TriggeredByPriority, s.unexplainedIncidents}, {itsm.TriggeredByChange, s.unexplainedChanges}, {itsm.TriggeredByTrend, s.unexplainedTrends},
	} {
		if !proposes(due.trigger) {
			continue
		}
		due, err := due.read(ctx, small(max(most, 0)))
		if err != nil {
			return nil, refusal("proposals", err)
		}
		all = append(all, due...)
	}
	slices.SortStableFunc(all, func(a, b dueProposal) int { return a.since.Compare(b.since) })
	proposals := make([]Proposal, 0, len(all))
	for _, due := range all[:min(len(all), max(most, 0))] {
		proposals = append(proposals, due.Proposal)
	}
	return proposals, nil
}

// dueProposal is a proposal, and since when it is due.
type dueProposal struct {
	Proposal

	since time.Time
}

func (s *Store) unexplainedIncidents(ctx context.Context, most int32) (all []dueProposal, err error) {
	found, err := s.rows.UnexplainedIncidents(ctx, most)
	for _, row := range found {
		i := incidentOf(rows.IncidentsRow(row))
		all = append(all, dueProposal{Proposal{"priority_one/" + string(i.Number), i.Triggered()}, i.RaisedAt})
	}
	return all, err
}

func (s *Store) unexplainedChanges(ctx context.Context, most int32) (all []dueProposal, err error) {
	found, err := s.rows.UnexplainedChanges(ctx, most)
	for _, row := range found {
		c := itsm.Change{Number: row.Number}
		c.Title, c.Service = row.Title, row.Service
		all = append(all, dueProposal{Proposal{"failed_change/" + string(c.Number), c.Triggered()}, *row.ClosedAt})
	}
	return all, err
}

func (s *Store) unexplainedTrends(ctx context.Context, most int32) (all []dueProposal, err error) {
	found, err := s.rows.UnexplainedTrends(ctx, most)
	for _, row := range found {
		key := "trend/" + row.ID + "/" + row.At.Format(time.RFC3339)
		all = append(all, dueProposal{Proposal{key, row.Finding.Draft()}, row.At})
	}
	return all, err
}

// Recurrence is an incident of a problem whose fix is watched.
type Recurrence struct {
	Problem  itsm.Number
	Incident itsm.Number
}

// Recurrences lists the problems whose fix did not hold, no more than most: each with
// the oldest incident raised since the fix that is linked to it, or has all that its
// pattern says.
func (s *Store) Recurrences(ctx context.Context, most int) ([]Recurrence, error) {
	found, err := s.rows.Recurrences(ctx, small(max(most, 0)))
	if err != nil {
		return nil, refusal("recurrences", err)
	}
	all := make([]Recurrence, 0, len(found))
	for _, row := range found {
		all = append(all, Recurrence{Problem: row.Number, Incident: row.Incident})
	}
	return all, nil
}

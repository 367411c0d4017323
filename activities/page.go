package activities

import (
	"context"

	"github.com/steward-itsm/steward/activities/reach"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// Reacher brings a page to one person by one way that is not Slack: reach.Mail and
// reach.Hook are the two.
type Reacher interface {
	Reach(ctx context.Context, to itsm.Person, m reach.Message) error
}

// Paged says how calling people went.
type Paged struct {
	Delivered int             `json:"delivered"`
	Failed    []itsm.PersonID `json:"failed,omitempty"` // whom no way reaches
}

// PageIncident calls those whom the last call named, each by their own ways in their
// own order, until one delivers. Who was reached is in the ledger, so a second run
// calls the rest and nobody twice. It fails for another try as long as somebody may
// still be reached.
func (a *Activities) PageIncident(ctx context.Context, t Target) (Paged, error) {
	book, err := a.book(ctx, t)
	if err != nil {
		return Paged{}, err
	}
	var paged Paged
	var later error
	for _, n := range itsm.IncidentNotices(book) {
		if n.Kind != itsm.NoticePage || n.Over {
			continue
		}
		switch err := a.page(ctx, n); {
		case err == nil:
			paged.Delivered++
		case !itsm.AsError(err).Kind.Temporary():
			paged.Failed = append(paged.Failed, n.To)
		case later == nil:
			later = err
		}
	}
	return paged, later
}

// page brings one page to its person or channel, unless it is there.
func (a *Activities) page(ctx context.Context, n itsm.Notice) error {
	to := n.People[n.To]
	row, done, err := a.Store.BeginPage(ctx, db.Page{
		Key: n.Key, Number: n.Record(), Person: n.To, Channel: n.Channel, Revision: n.Event.Revision, CalledAt: n.Event.At,
	})
	if err != nil || done {
		return err
	}
	ways := to.WaysToReach()
	if n.Channel != "" {
		ways = []itsm.Way{itsm.BySlack}
	}
	failed := error(itsm.Refuse(itsm.Conflict, "reach.unreachable", "No way is known to reach %s.", n.To))
	temporary := false
	for _, way := range ways {
		err := a.by(ctx, way, n, to)
		row.Attempts = append(row.Attempts, db.PageAttempt{Way: way, At: a.Now().UTC(), Code: codeOf(err)})
		if err == nil {
			return a.Store.FinishPage(ctx, row.Delivered(way, a.Now()))
		}
		temporary = temporary || itsm.AsError(err).Kind.Temporary()
		failed = err
		a.Log.WarnContext(ctx, "a way does not reach somebody who is called", "number", n.Record(), "way", way, "error", err)
	}
	if temporary {
		failed = itsm.Refuse(itsm.Unavailable, "reach.later", "%s cannot be reached just now.", n.To)
	} else {
		row = row.Failed()
	}
	return first(failed, a.Store.FinishPage(ctx, row))
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return itsm.AsError(err).Code
}

func (a *Activities) by(ctx context.Context, way itsm.Way, n itsm.Notice, to itsm.Person) error {
	switch way {
	case itsm.BySlack:
		n.Late = false // it is due now
		return a.show(ctx, n)
	case itsm.ByMail:
		return reached(ctx, a.Mail, to, a.message(n))
	case itsm.ByWebhook:
		return reached(ctx, a.Hook, to, a.message(n))
	}
	return itsm.Refuse(itsm.Internal, "reach.way", "There is no way called %s.", way)
}

func reached(ctx context.Context, by Reacher, to itsm.Person, m reach.Message) error {
	if by == nil {
		return itsm.Refuse(itsm.Conflict, "reach.off", "That way is not set up here.")
	}
	return by.Reach(ctx, to, m)
}

// message is a page in plain words.
func (a *Activities) message(n itsm.Notice) reach.Message {
	i := n.Incident
	text := i.Title + "\n\n" + n.Explanation.Summary + "\n\nService: " + n.Service.Name + "\nPriority: " + string(i.Priority)
	if due := i.Clock(itsm.ResponseClock); due != nil && due.DueAt != nil && due.StoppedAt == nil {
		text += "\nTo be answered by: " + due.DueAt.UTC().Format("2006-01-02 15:04 MST")
	}
	return reach.Message{
		Key: n.Key, Number: i.Number, Kind: "incident.page", Subject: string(i.Priority) + " " + string(i.Number) + ": " + i.Title,
		Text: text + "\n\nAcknowledge it, or the next level is called.", URL: a.link(i.Number),
	}
}

func (a *Activities) link(n itsm.Number) string {
	if a.Record == nil {
		return ""
	}
	return a.Record(n)
}

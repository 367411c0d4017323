package activities

import (
	"context"

	"github.com/steward-itsm/steward/activities/reach"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// Sender brings a page to an address by one way that is not Slack: *reach.Mail and
// *reach.Hook are the two. A nil one reaches nobody.
type Sender interface {
	Send(ctx context.Context, address string, m reach.Message) error
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
	row, send, err := a.Store.BeginPage(ctx, pageRow(n))
	if err != nil {
		return err
	}
	if !send {
		return pageEnd(row)
	}
	ways := to.WaysToReach()
	if n.Channel != "" {
		ways = []itsm.Way{itsm.WaySlack}
	}
	var tried []db.PageAttempt
	temporary := false
	for _, way := range ways {
		err := a.by(ctx, way, n, to)
		tried = append(tried, db.PageAttempt{Way: string(way), At: a.Now().UTC(), Code: codeOf(err)})
		if err == nil {
			_, err = a.Store.FinishPage(ctx, n.Key, db.PageDelivered, tried...)
			return err
		}
		temporary = temporary || itsm.AsError(err).Kind.Temporary()
		a.Log.WarnContext(ctx, "a way does not reach somebody who is called", "number", n.Record(), "way", way, "error", err)
	}
	if temporary {
		_, err := a.Store.FinishPage(ctx, n.Key, db.PagePending, tried...)
		return first(itsm.Refuse(itsm.Unavailable, "reach.later", "%s cannot be reached just now.", n.To), err)
	}
	row, err = a.Store.FinishPage(ctx, n.Key, db.PageFailed, tried...)
	return first(pageEnd(row), err)
}

// pageRow is the page's place in the ledger. A channel stands in the place of a person.
func pageRow(n itsm.Notice) db.Page {
	c := n.Event.Detail.Call
	p := db.Page{Key: n.Key, Number: n.Record(), Person: n.To, Round: c.Round, Level: c.Level, CalledAt: n.Event.At}
	if n.Channel != "" {
		p.Person = itsm.PersonID(n.Channel)
	}
	return p
}

// pageEnd is what a page came to that needs no more sending.
func pageEnd(row db.Page) error {
	if row.State == db.PageFailed {
		return itsm.Refuse(itsm.Conflict, "reach.unreachable", "No way reaches %s.", row.Person)
	}
	return nil
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return itsm.AsError(err).Code
}

func (a *Activities) by(ctx context.Context, way itsm.Way, n itsm.Notice, to itsm.Person) error {
	switch way {
	case itsm.WaySlack:
		n.Late = false // it is due now
		return a.show(ctx, n)
	case itsm.WayEmail:
		return a.Mail.Send(ctx, to.Address(way), a.message(n))
	case itsm.WayWebhook:
		return a.Hook.Send(ctx, to.Address(way), a.message(n))
	}
	return itsm.Refuse(itsm.Internal, "reach.way", "There is no way called %s.", way)
}

// message is a page in plain words.
func (a *Activities) message(n itsm.Notice) reach.Message {
	i := n.Incident
	text := i.Title + "\n\n" + n.Explanation.Summary + "\n\nService: " + n.Service.Name + "\nPriority: " + string(i.Priority)
	if due := i.Clock(itsm.ResponseClock); due != nil && due.DueAt != nil && due.StoppedAt == nil {
		text += "\nTo be answered by: " + due.DueAt.UTC().Format("2006-01-02 15:04 MST")
	}
	return reach.Message{
		Key: n.Key, Number: i.Number, Kind: reach.KindPage, Subject: string(i.Priority) + " " + string(i.Number) + ": " + i.Title,
		Text: text + "\n\nAcknowledge it, or the next level is called.", URL: a.link(i.Number),
	}
}

func (a *Activities) link(n itsm.Number) string {
	if a.Record == nil {
		return ""
	}
	return a.Record(n)
}

package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// ShowChange makes what people see agree with the record, at least as of the
// target's revision: it posts the messages that are missing and edits the others.
// What it did is in the ledger, so a second run does the rest and no more.
func (a *Activities) ShowChange(ctx context.Context, t Target) (Shown, error) {
	notices, err := a.notices(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, notices)
}

func (a *Activities) showAll(ctx context.Context, notices []itsm.Notice) (Shown, error) {
	var shown Shown
	var later error // what to try again, once everybody else is told
	for _, n := range notices {
		switch err := a.show(ctx, n); {
		case err == nil:
			shown.Messages++
		case itsm.AsError(err).Code == "slack.unreachable":
			shown.Unreachable = append(shown.Unreachable, n.Channel+string(n.To))
		case later == nil:
			later = err
		}
	}
	return shown, later
}

func (a *Activities) notices(ctx context.Context, t Target) ([]itsm.Notice, error) {
	c, err := a.Store.Change(ctx, t.Number)
	if err != nil {
		return nil, err
	}
	l, err := a.leaves(ctx, t, c.Revision)
	if err != nil {
		return nil, err
	}
	service, _ := l.catalog.Service(c.Service)
	return itsm.Notices(c, l.timeline, l.said, service, directory(l.catalog, c, l.timeline, l.said)), nil
}

// said reads what was said about a record, at least as much as the target has.
func (a *Activities) said(ctx context.Context, t Target) ([]itsm.Comment, error) {
	said, err := a.Store.Comments(ctx, t.Number)
	if err == nil && len(said) < t.Comments {
		err = itsm.Refuse(itsm.Unavailable, "record.behind", "%s has %d comments; %d are to be shown.", t.Number, len(said), t.Comments)
	}
	return said, err
}

// behind is for a record that is not yet as new as what is to be shown of it.
func behind(t Target, revision int) error {
	return itsm.Refuse(itsm.Unavailable, "record.behind", "%s is at revision %d; %d is to be shown.", t.Number, revision, t.Revision)
}

// leaves are what the messages about a record of any kind are made of, besides the record.
type leaves struct {
	timeline []itsm.Event
	said     []itsm.Comment
	catalog  itsm.Catalog // in force
}

// leaves reads what goes with a record that stands at a revision, at least as new as the
// target.
func (a *Activities) leaves(ctx context.Context, t Target, revision int) (l leaves, err error) {
	if revision < t.Revision {
		return l, behind(t, revision)
	}
	if l.timeline, err = a.Store.Timeline(ctx, t.Number); err != nil {
		return l, err
	}
	if l.said, err = a.said(ctx, t); err != nil {
		return l, err
	}
	l.catalog, _, err = a.Store.Catalog(ctx)
	return l, err
}

// show makes one message say what it should, unless it does already.
func (a *Activities) show(ctx context.Context, n itsm.Notice) error {
	digest, err := digestOf(n)
	if err != nil {
		return err
	}
	held, found, err := a.Store.Message(ctx, n.Key)
	if err != nil || (found && held.State == db.MessagePosted && held.Digest == digest) || (!found && n.Late) {
		return err
	}
	row, send, err := a.Store.BeginMessage(ctx, db.Message{
		Key: n.Key, Number: n.Record(), Revision: n.Revision(), Channel: n.Channel, Digest: digest,
	})
	if err != nil {
		return err
	}
	if n, err = a.threaded(ctx, n); err != nil {
		return err
	}
	switch send {
	case db.SendPost:
		return a.post(ctx, n)
	case db.SendUpdate:
		return a.edit(ctx, n, itsm.Place{Channel: row.Channel, TS: row.TS})
	case db.SendUnsure:
		return a.recover(ctx, n)
	case db.SendNone:
	}
	return nil
}

// threaded finds the message that a notice answers. One that was deleted is
// answered where it stood; one that could not be posted, nowhere.
func (a *Activities) threaded(ctx context.Context, n itsm.Notice) (itsm.Notice, error) {
	if n.Thread == "" {
		return n, nil
	}
	parent, found, err := a.Store.Message(ctx, n.Thread)
	switch {
	case err != nil:
		return n, err
	case found && parent.State == db.MessagePosted:
		n.Parent = itsm.Place{Channel: parent.Channel, TS: parent.TS}
	case !found || parent.State != db.MessageGone:
		return n, itsm.Refuse(itsm.Unavailable, "slack.unreachable", "%s does not stand in Slack, so nothing can be said below it.", n.Thread)
	}
	return n, nil
}

// post sends a message that was never sent, and keeps where it stands.
func (a *Activities) post(ctx context.Context, n itsm.Notice) error {
	at, err := a.Messenger.Post(ctx, n)
	if err == nil {
		a.reached("slack-accepted")
		return a.Store.PostedMessage(ctx, n.Key, n.Revision(), at.Channel, at.TS)
	}
	if itsm.AsError(err).Code == "slack.ambiguous" {
		return first(err, a.Store.AmbiguousMessage(ctx, n.Key, n.Revision()))
	}
	return first(err, a.Store.RetractMessage(ctx, n.Key, n.Revision()))
}

// recover finds out what became of a send whose end is not known, before anybody
// is told twice.
func (a *Activities) recover(ctx context.Context, n itsm.Notice) error {
	at, found, err := a.Messenger.Find(ctx, n, n.RaisedAt().Add(-time.Minute))
	if err != nil {
		return err
	}
	switch {
	case found:
		return a.edit(ctx, n, at)
	case n.Late: // whom it was for was reached in another way, or needs it no more
		return a.Store.GoneMessage(ctx, n.Key)
	}
	return a.post(ctx, n)
}

func (a *Activities) edit(ctx context.Context, n itsm.Notice, at itsm.Place) error {
	err := a.Messenger.Edit(ctx, at, n)
	if err == nil {
		return a.Store.PostedMessage(ctx, n.Key, n.Revision(), at.Channel, at.TS)
	}
	if itsm.AsError(err).Code == "slack.message_gone" { // somebody deleted it; it is not forced on them again
		return a.Store.GoneMessage(ctx, n.Key)
	}
	return err
}

// digestOf identifies what a notice says. A revision alone changes nothing that
// people see.
func digestOf(n itsm.Notice) (string, error) {
	n.Change.Revision = 0
	if n.Incident != nil {
		unrevised := *n.Incident
		unrevised.Revision = 0
		n.Incident = &unrevised
	}
	text, err := json.Marshal(n)
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:]), err
}

// first is err, unless keeping note of it failed too.
func first(err, note error) error {
	if note != nil {
		return note
	}
	return err
}

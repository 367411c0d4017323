package itsm

import "fmt"

// NoticeKind is what a message to people is for.
type NoticeKind string

// The kinds of notice.
const (
	NoticeCard   NoticeKind = "card"   // the record in its service's channel, kept current
	NoticeAsk    NoticeKind = "ask"    // to one who may decide: why you, and what if nobody acts
	NoticeRemind NoticeKind = "remind" // the same, once more, before it expires
	NoticeTell   NoticeKind = "tell"   // to the requester: what came of it
)

// Notice is one message that people should be able to see about a change. Key
// names it for life: a change has at most one message for a key, which is edited
// as the change moves on.
type Notice struct {
	Key         string              `json:"key"` // CHG-42/ask/bob
	Kind        NoticeKind          `json:"kind"`
	Channel     string              `json:"channel,omitempty"` // Slack channel id, or
	To          PersonID            `json:"to,omitempty"`      // the person to tell directly
	Change      Change              `json:"change"`
	Explanation Explanation         `json:"explanation"`
	Event       Event               `json:"event"` // what just happened
	Service     Service             `json:"service"`
	People      map[PersonID]Person `json:"people"` // everybody that the message may name
}

// Place is where a message stands in Slack.
type Place struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Notices lists every message that should exist about a change, given all that
// happened to it. Doing what it says twice changes nothing, so it can be asked
// again after any failure.
func Notices(c Change, timeline []Event, s Service, people map[PersonID]Person) []Notice {
	if len(timeline) == 0 || c.State == ChangeRaised {
		return nil
	}
	base := Notice{Change: c, Explanation: c.Explain(), Event: timeline[len(timeline)-1], Service: s, People: people}
	notices := []Notice{base.as(NoticeCard, "card", s.Channel, "")}
	asked := base.asDecided(timeline)
	for _, p := range c.Approvers {
		notices = append(notices, asked.as(NoticeAsk, "ask/"+string(p), "", p))
	}
	for _, e := range timeline {
		base.Event = e
		switch e.Kind {
		case EventReminded:
			for _, p := range c.Approvers {
				notices = append(notices, asked.as(NoticeRemind, fmt.Sprintf("remind/%d/%s", e.Revision, p), "", p))
			}
		case EventApproved, EventRejected, EventExpired, EventWindowEnded:
			notices = append(notices, base.as(NoticeTell, "tell/"+string(e.Kind), "", c.Requester))
		case EventCancelled, EventStarted, EventCompleted:
			if e.Actor != c.Requester {
				notices = append(notices, base.as(NoticeTell, "tell/"+string(e.Kind), "", c.Requester))
			}
		case EventRaised, EventOpened, EventScheduled:
		}
	}
	return notices
}

// asDecided is what those who were asked see once the asking is over: how it
// ended, and no word of what became of the change since. That is in its channel.
func (n Notice) asDecided(timeline []Event) Notice {
	for _, e := range timeline {
		if e.From == ChangeAwaiting && e.To != ChangeAwaiting {
			c := n.Change
			c.State, c.Since, c.Implementer, c.Outcome, c.ClosedAt = e.To, e.At, "", "", nil
			n.Change, n.Explanation, n.Event = c, c.Explain(), e
			return n
		}
	}
	return n
}

func (n Notice) as(kind NoticeKind, key, channel string, to PersonID) Notice {
	n.Kind, n.Key, n.Channel, n.To = kind, string(n.Change.Number)+"/"+key, channel, to
	return n
}

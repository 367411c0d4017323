package chatops

import (
	"context"
	"sync"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

const (
	relayEvery  = time.Second      // how often the inbox is looked into
	relayBatch  = 8                // deliveries at a time
	relayLease  = 30 * time.Second // longer than both below: one delivery has one worker
	relayTries  = 20 * time.Second // for one delivery
	relayBooks  = 5 * time.Second  // to tell the person and note it, after that
	relayPause  = time.Minute      // the longest wait between two tries
	relayEnough = 30 * time.Minute // Slack's response URLs live so long, and so does a person's patience
)

// Relay finishes what was not answered within Slack's three seconds, and what a
// crash left behind. It runs until ctx ends and then returns nil.
func (b *Bot) Relay(ctx context.Context) error {
	tick := time.NewTicker(relayEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		taken, err := b.relay(ctx)
		if err != nil && ctx.Err() == nil {
			b.log.ErrorContext(ctx, "cannot look into the inbox of slack", "error", err)
		}
		if taken == relayBatch {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

// relay works off one batch and returns how many deliveries it had.
func (b *Bot) relay(ctx context.Context) (int, error) {
	due, err := b.desk.ClaimDeliveries(ctx, relayLease, relayBatch)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, d := range due {
		all.Go(func() { b.finish(ctx, d) })
	}
	all.Wait()
	return len(due), nil
}

// finish tries a delivery again and tells the person what came of it. Its
// bookkeeping outlasts the trying, and the end of the program.
func (b *Bot) finish(ctx context.Context, d desk.Delivery) {
	trying, cancel := context.WithTimeout(ctx, relayTries)
	defer cancel()
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), relayTries+relayBooks)
	defer done()
	age := b.now().Sub(d.ReceivedAt)
	b.meters.relayed(age)
	in, err := payload.Parse(d.Kind, d.Payload)
	r := request{Request: in, relayed: true}
	if err != nil { // kept by a version that read it otherwise
		b.log.ErrorContext(ctx, "a kept delivery of slack cannot be read any more", "delivery_id", d.ID, "error", err)
		b.close(ctx, r, d, refuse(err))
		return
	}
	a, err := b.try(trying, r, d)
	if err != nil && age > relayEnough {
		b.log.ErrorContext(ctx, "a delivery of slack was given up", "delivery_id", d.ID, "error", err)
		a, err = gaveUp(r, d), nil
	}
	if err == nil {
		err = b.tellLate(ctx, r, d, a, age)
	}
	if err != nil {
		b.later(ctx, r, d, err, wait(d.Attempts, itsm.AsError(err)))
		return
	}
	b.close(ctx, r, d, a)
}

// tellLate answers where the person can see it. Whoever cannot be reached at
// all is not tried for ever.
func (b *Bot) tellLate(ctx context.Context, r request, d desk.Delivery, a answer, age time.Duration) error {
	err := b.say(ctx, r, a)
	if err == nil {
		return nil
	}
	if e := itsm.AsError(err); e.Kind.Temporary() && e.Kind != itsm.Internal && age <= relayEnough {
		return e
	}
	b.log.ErrorContext(ctx, "nobody can be told what came of a delivery of slack", "delivery_id", d.ID, "error", err)
	return nil
}

func (b *Bot) close(ctx context.Context, r request, d desk.Delivery, a answer) {
	b.meters.delivered(d.Kind, a.outcome())
	if err := b.desk.AnswerDelivery(ctx, d.ID, a.remember(r)); err != nil { // done again after the lease, counted once
		b.log.WarnContext(ctx, "cannot note an answer in the inbox", "delivery_id", d.ID, "error", err)
	}
}

func gaveUp(r request, d desk.Delivery) answer {
	a := refuse(itsm.Refuse(itsm.Unavailable, "slack.gave_up",
		"Steward got no answer for half an hour and stops trying. It may have counted: look with /itsm my, and do it again if it did not."))
	a.blocks = append(a.blocks, cards.Footnote("Tell whoever runs Steward: "+reference(d)+"."))
	if r.Kind == payload.KindEvent {
		a.silent = true
	}
	return a
}

// wait doubles from a second to a minute, and is never shorter than Slack asks.
func wait(attempts int, e *itsm.Error) time.Duration {
	return max(min(time.Second<<min(max(attempts, 0), 6), relayPause), e.RetryAfter)
}

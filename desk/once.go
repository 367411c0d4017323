package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const (
	// leases is for how many times the desk's patience an asking that was begun
	// keeps its repeat waiting: longer than any act may take, so that two of them
	// never run side by side.
	leases = 3
	// retryAfter is when to ask again about what is still going on.
	retryAfter = 2 * time.Second
	maxKey     = 255
)

// asking is one act that somebody asks for: once, however often it arrives.
type asking struct {
	act    itsm.Act
	number itsm.Number // of the record acted on; where it raises one, of the one to be
	raises bool
	body   any
}

// outcome is what an asking came to, as it is kept for its repeats.
type outcome struct {
	Receipt *itsm.Receipt `json:"receipt,omitempty"`
	Error   *itsm.Error   `json:"error,omitempty"`
}

// once carries out an asking, or returns what its first arrival came to. do is
// given the number to use and the ID under which Temporal knows the act.
func (d *Desk) once(ctx context.Context, who Caller, a asking, do func(n itsm.Number, id string) (itsm.Receipt, error)) (itsm.Receipt, error) {
	if who.Key == "" {
		return do(a.number, rand.Text())
	}
	asked, err := d.reservation(who, a)
	if err != nil {
		return itsm.Receipt{}, err
	}
	mine, standing, err := d.Store.Reserve(ctx, asked)
	if err != nil {
		return itsm.Receipt{}, err
	}
	if standing != db.Mine {
		return before(mine, standing)
	}
	if d.Reached != nil {
		d.Reached("reserved")
	}
	r, err := do(mine.Number, actID(mine))
	return r, d.settle(ctx, mine, r, err)
}

// repeated answers a repeat of an asking that was dealt with, whatever has become
// of the rules since; again is false for all that once has to look at.
func (d *Desk) repeated(ctx context.Context, who Caller, a asking) (r itsm.Receipt, again bool, err error) {
	if who.Key == "" {
		return r, false, nil
	}
	asked, err := d.reservation(who, a)
	if err != nil {
		return r, true, err
	}
	held, standing, err := d.Store.Reserved(ctx, asked)
	if err != nil || standing == db.Mine || standing == db.Running {
		return r, err != nil, err
	}
	r, err = before(held, standing)
	return r, true, err
}

// reservation is the place that an asking takes.
func (d *Desk) reservation(who Caller, a asking) (db.Reservation, error) {
	if len(who.Key) > maxKey {
		return db.Reservation{}, itsm.Refuse(itsm.Invalid, "idempotency.key", "The Idempotency-Key is longer than %d characters.", maxKey)
	}
	digest, err := digestOf(a.body)
	principal := string(who.Person)
	if who.Door == itsm.DoorWebhook { // who it is raised for may change with the catalog
		principal = string(who.Door)
	}
	route := string(a.act)
	if !a.raises {
		route += " " + string(a.number)
	}
	return db.Reservation{
		Principal: principal, Route: route, Key: who.Key, BodyDigest: digest, Number: a.number, Lease: leases * d.Patience,
	}, err
}

// before answers what came before: another arrival, or another request altogether.
func before(r db.Reservation, standing db.Standing) (itsm.Receipt, error) {
	switch standing {
	case db.Finished:
		return recall(r.Stored)
	case db.OtherBody:
		return itsm.Receipt{}, itsm.Refuse(itsm.Invalid, "idempotency.other_body", "That Idempotency-Key was used for another request. Use a new one.")
	case db.Running, db.Mine:
	}
	return itsm.Receipt{}, itsm.Refuse(itsm.Conflict, "idempotency.running", "That is still going on. Ask again with the same key.").Later(retryAfter)
}

// settle keeps what an asking came to. What may come out otherwise when tried
// again is not kept: its repeat is the next attempt.
func (d *Desk) settle(ctx context.Context, mine db.Reservation, r itsm.Receipt, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	kept := outcome{Receipt: &r}
	if failed != nil {
		kept = outcome{Error: itsm.AsError(failed)}
		if kept.Error.Kind.Temporary() {
			if err := d.Store.Release(ctx, mine); err != nil {
				d.Log.ErrorContext(ctx, "a reservation stays until its lease ends", "key", mine.Key, "error", err)
			}
			return failed
		}
	}
	answer, err := json.Marshal(kept)
	if err == nil {
		err = d.Store.Answer(ctx, mine, settled, answer)
	}
	if err != nil { // Temporal knows the act by its ID, so a repeat still counts once
		d.Log.ErrorContext(ctx, "an answer is not kept for its repeats", "key", mine.Key, "error", err)
	}
	return failed
}

// settled marks a kept answer; each door makes its own status of it.
const settled = 200

func recall(answer []byte) (itsm.Receipt, error) {
	var o outcome
	if err := json.Unmarshal(answer, &o); err != nil {
		return itsm.Receipt{}, err
	}
	if o.Error != nil {
		return itsm.Receipt{}, o.Error
	}
	return *o.Receipt, nil
}

// actID names an act in Temporal: the same for every arrival of one asking.
func actID(r db.Reservation) string {
	h := sha256.Sum256([]byte(r.Principal + "\x00" + r.Route + "\x00" + r.Key))
	return hex.EncodeToString(h[:])
}

func digestOf(body any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:]), nil
}

package feeds

import (
	"context"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the same zones on every machine, also in an image without them

	"golang.org/x/sync/singleflight"

	"github.com/steward-itsm/steward/itsm"
)

// Options are what a program may choose.
type Options struct {
	Now           func() time.Time // nil: the machine's clock
	AllowLoopback bool             // feeds on this very machine may be read, without TLS too
}

// Feeds reads feeds and remembers them. It may be used by many goroutines at once.
type Feeds struct {
	now    func() time.Time
	fetch  *fetcher
	flight singleflight.Group // one fetch at a time of each feed

	mu   sync.Mutex
	kept map[string]*kept // by address
}

// New makes a Feeds with nothing in memory.
func New(o Options) *Feeds {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Feeds{now: o.Now, fetch: newFetcher(patience, o.AllowLoopback), kept: map[string]*kept{}}
}

// Answer is who is on call, and how far that can be relied on.
type Answer struct {
	// People are on call, in the order in which their time began; of one event, in its
	// own order. Empty is a gap, unless there is a Problem.
	People []itsm.PersonID `json:"people,omitempty"`
	// FetchedAt is when the feed last said so. It is zero where no feed was asked, and
	// where one has never been read.
	FetchedAt time.Time `json:"fetched_at,omitzero"`
	// Stale says that the feed could not be read again since, and when it should have been.
	Stale bool `json:"stale,omitempty"`
	// Problem says in sentences what somebody should see to; empty when nothing.
	Problem string `json:"problem,omitempty"`
}

// OnCall is who is on call in a rotation of the catalog at an instant: by an override,
// else by the feed where there is one, else by turn. Who is away is not left out; see
// itsm.Catalog.Present.
//
// It refuses a rotation that there is not (rotation.unknown), a zone that there is
// not (rotation.zone) and a rotation that no check would let through
// (rotation.faulty). A feed that cannot be read is no error: the answer is as of
// FetchedAt, or empty, with a Problem, so that whoever calls people can go on to the
// next level instead of trying for ever. It fails otherwise only with its context.
func (f *Feeds) OnCall(ctx context.Context, catalog itsm.Catalog, rotation itsm.RotationID, at time.Time) (Answer, error) {
	r, ok := catalog.Rotation(rotation)
	if !ok {
		return Answer{}, itsm.Refuse(itsm.NotFound, "rotation.unknown", "The catalog has no rotation called %s.", rotation)
	}
	where, err := time.LoadLocation(r.Zone)
	if err != nil {
		return Answer{}, itsm.Refuse(itsm.Invalid, "rotation.zone", "%q is not a time zone; write one as the IANA does, such as Europe/Berlin.", r.Zone)
	}
	roster, err := r.Resolve(where)
	if err != nil {
		return Answer{}, err
	}
	if o, now := roster.Override(at); now {
		return Answer{People: []itsm.PersonID{o.Person}}, nil
	}
	if r.Feed == "" {
		return Answer{People: roster.OnCall(at)}, nil
	}
	k, err := f.read(ctx, r.Feed)
	if err != nil {
		return Answer{}, err
	}
	return k.answer(catalog.People, inLocation(where), at), nil
}

// answer is what a feed says of an instant.
func (k kept) answer(people []itsm.Person, home zone, at time.Time) Answer {
	a := Answer{FetchedAt: k.fetched, Stale: k.problem != ""}
	var problems []string
	if k.problem != "" {
		problems = append(problems, k.problem)
	}
	if k.calendar != nil {
		found, what := k.calendar.onCall(people, home, at)
		a.People, problems = found, append(problems, what...)
	}
	a.Problem = strings.Join(problems, " ")
	return a
}

package feeds

import (
	"context"
	"time"
)

const (
	freshFor   = 5 * time.Minute
	againAfter = time.Minute        // a feed that failed is left alone for so long
	wholeAfter = 7 * 24 * time.Hour // then a feed is read anew even if it says that it is unchanged: calendars reach only so far
	maxKept    = 2_000              // feeds; a catalog has fewer rotations
)

// kept is what is known of a feed.
type kept struct {
	calendar *calendar // nil: it has never been read
	etag     string    // of that text
	read     time.Time // when that text was read
	fetched  time.Time // when the feed last said that it stands
	tried    time.Time
	problem  string // why the last try failed; empty: it did not
}

func (k kept) fresh(now time.Time) bool {
	if k.problem != "" {
		return now.Sub(k.tried) < againAfter
	}
	return !k.fetched.IsZero() && now.Sub(k.fetched) < freshFor
}

// read is what a feed says, as of the last five minutes if it can be had. It fails
// only with its context.
func (f *Feeds) read(ctx context.Context, address string) (kept, error) {
	if k := f.recall(address); k.fresh(f.now()) {
		return k, nil
	}
	// whoever gives up waiting does not take the answer from the others
	shared := context.WithoutCancel(ctx)
	done := f.flight.DoChan(address, func() (any, error) {
		k := f.renew(shared, address)
		f.remember(address, k)
		return k, nil
	})
	select {
	case <-ctx.Done():
		return kept{}, ctx.Err()
	case answer := <-done:
		k, _ := answer.Val.(kept)
		return k, answer.Err
	}
}

func (f *Feeds) recall(address string) kept {
	f.mu.Lock()
	defer f.mu.Unlock()
	if k, ok := f.kept[address]; ok {
		return *k
	}
	return kept{}
}

func (f *Feeds) remember(address string, k kept) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.kept[address]; !known && len(f.kept) >= maxKept {
		clear(f.kept)
	}
	f.kept[address] = &k
}

// renew asks the feed and keeps what is known of it where that fails.
func (f *Feeds) renew(ctx context.Context, address string) kept {
	k, now := f.recall(address), f.now()
	if k.fresh(now) { // somebody else has just asked
		return k
	}
	k.tried = now
	etag := k.etag
	if now.Sub(k.read) >= wholeAfter {
		etag = ""
	}
	text, etag, err := f.fetch.get(ctx, address, etag)
	if err == nil && text != nil {
		var c *calendar
		if c, err = parse(*text, now); err == nil {
			k.calendar, k.etag, k.read = c, etag, now
		}
	}
	if err != nil {
		k.problem = "The feed of " + hostOf(address) + " " + err.Error() + "."
		return k
	}
	k.fetched, k.problem = now, ""
	return k
}

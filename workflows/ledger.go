package workflows

import "go.temporal.io/sdk/workflow"

// ledger knows which saves of a record are done, and which of them whom was told of.
type ledger struct {
	saving   map[int]bool // begun and not done
	begun    int          // how many saves were begun
	tellings []*telling
}

// telling is one audience of a record: how it is told, and up to which save it was.
type telling struct {
	summary  string
	activity any
	wanted   func() bool
	told     int

	unreachable []string // whom the last telling could not reach
}

// follow keeps track of a save until it is done.
func (l *ledger) follow(ctx workflow.Context, saved workflow.Future) {
	if l.saving == nil {
		l.saving = map[int]bool{}
	}
	l.begun++
	save := l.begun
	l.saving[save] = true
	workflow.Go(ctx, func(ctx workflow.Context) {
		// A save is retried until it succeeds, whatever the cause, so there is
		// nothing to decide here: the handler that waits for it has the error.
		_ = saved.Get(ctx, nil)
		delete(l.saving, save)
	})
}

// tellAgain has everybody told once more, of what no save holds.
func (l *ledger) tellAgain() { l.begun++ }

// savedUpTo reports whether nothing up to a save is still under way.
func (l *ledger) savedUpTo(save int) bool {
	for s := 1; s <= save; s++ {
		if l.saving[s] {
			return false
		}
	}
	return l.begun >= save
}

// untold reports whether there is something new to tell that is saved.
func (l *ledger) untold(to *telling) bool {
	return to.wanted() && len(l.saving) == 0 && to.told < l.begun
}

// told reports whether everything that happened is saved and everybody told.
func (l *ledger) told() bool {
	for _, to := range l.tellings {
		if to.wanted() && to.told < l.begun {
			return false
		}
	}
	return len(l.saving) == 0
}

// unreachable is whom the last tellings could not reach.
func (l *ledger) unreachable() []string {
	var all []string
	for _, to := range l.tellings {
		all = append(all, to.unreachable...)
	}
	return all
}

package workflows

import "go.temporal.io/sdk/workflow"

// ledger knows which revisions of a record are saved, and which of them people
// were shown.
type ledger struct {
	saving       map[int]bool // begun and not done
	begun        int          // the highest revision whose save was begun
	toldRevision int
	unreachable  []string // whom the last telling could not reach
}

// follow keeps track of a save until it is done.
func (l *ledger) follow(ctx workflow.Context, saved workflow.Future, revision int) {
	if l.saving == nil {
		l.saving = map[int]bool{}
	}
	l.saving[revision], l.begun = true, max(l.begun, revision)
	workflow.Go(ctx, func(ctx workflow.Context) {
		// A save is retried until it succeeds, whatever the cause, so there is
		// nothing to decide here: the handler that waits for it has the error.
		_ = saved.Get(ctx, nil)
		delete(l.saving, revision)
	})
}

// savedUpTo reports whether nothing up to a revision is still being saved.
func (l *ledger) savedUpTo(revision int) bool {
	for r := 1; r <= revision; r++ {
		if l.saving[r] {
			return false
		}
	}
	return l.begun >= revision
}

// untold reports whether there is something new to show that is saved.
func (l *ledger) untold() bool { return len(l.saving) == 0 && l.toldRevision < l.begun }

// told reports whether everything that happened is saved and shown.
func (l *ledger) told() bool { return len(l.saving) == 0 && l.toldRevision >= l.begun }

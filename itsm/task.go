package itsm

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Bounds on the tasks of a record.
const (
	MaxTasks    = 100
	MaxTaskText = 50_000 // of all titles and results together, in characters, as MaxCauseText
)

// TaskState is how a task stands.
type TaskState string

// The states of a task.
const (
	TaskOpen    TaskState = "open"
	TaskDone    TaskState = "done"
	TaskDropped TaskState = "dropped"
)

// TaskStates is every TaskState.
var TaskStates = []TaskState{TaskOpen, TaskDone, TaskDropped}

// Task is a piece of work that somebody does until a date.
type Task struct {
	ID       int        `json:"id"` // counted in its record, from 1
	Title    string     `json:"title"`
	Owner    PersonID   `json:"owner"`
	DueAt    *time.Time `json:"due_at,omitempty"`
	State    TaskState  `json:"state"`
	Result   string     `json:"result,omitempty"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
	Told     bool       `json:"told,omitempty"`     // its owner, that it is due
	Evidence []Evidence `json:"evidence,omitempty"` // that it was done; of a corrective action
}

// Tasks are the tasks of a record, in order of their numbers. What changes one of them
// makes them the record's own first, so that no copy of the record changes with it.
type Tasks []Task

// TaskRequest adds a task, or says what became of one.
type TaskRequest struct {
	ID     int        `json:"id,omitempty"`    // 0: a new one
	Title  string     `json:"title,omitempty"` // of a new one
	Owner  PersonID   `json:"owner,omitempty"` // of a new one; of another: who has it from now on
	DueAt  *time.Time `json:"due_at,omitempty"`
	State  TaskState  `json:"state,omitempty"`  // what it is now; empty: open
	Result string     `json:"result,omitempty"` // what came of it
}

// faults are those of a task that says nothing.
func (r *TaskRequest) faults() (f faults) {
	if r.ID == 0 {
		f.line("/title", r.Title, MaxTitle)
		f.line("/owner", string(r.Owner), maxName)
	} else {
		f.optionalLine("/title", r.Title, MaxTitle)
		f.optionalLine("/owner", string(r.Owner), maxName)
	}
	if r.State != "" {
		oneOf(&f, "/state", r.State, TaskStates)
	}
	if r.State == TaskDone {
		f.needed("/result", r.Result, MaxNote)
	} else {
		f.text("/result", r.Result, MaxNote)
	}
	if r.DueAt != nil && !storable(*r.DueAt) {
		f.add("/due_at", "must be between the years 2000 and 2200")
	}
	if r.ID != 0 && r.Title == "" && r.Owner == "" && r.DueAt == nil && r.Result == "" && r.State != TaskDone && r.State != TaskDropped {
		f.add("/state", "is needed, or something else that changes")
	}
	return f
}

// check refuses a task that says nothing.
func (r *TaskRequest) check() error { return r.faults().refuse("task.invalid", "This task") }

// taskRefusals are how a kind of record refuses something of its tasks.
type taskRefusals struct{ full, absent, over, long taskRefusal }

// taskRefusal is a refusal, in the words of a kind of record.
type taskRefusal struct {
	kind     Kind
	code     string
	sentence string
}

func (r taskRefusal) of(args ...any) error { return Refuse(r.kind, r.code, r.sentence, args...) }

// refuse refuses what the tasks of a record have no room for, with so many characters
// more of evidence, and a task that is not there or is over.
func (ts Tasks) refuse(as taskRefusals, of Number, r TaskRequest, more int) error {
	at := ts.at(r.ID)
	switch {
	case r.ID == 0 && len(ts) >= MaxTasks:
		return as.full.of(of, MaxTasks)
	case r.ID != 0 && at < 0:
		return as.absent.of(of, r.ID)
	case r.ID != 0 && ts[at].State != TaskOpen:
		return as.over.of(r.ID, of, ts[at].State)
	case ts.with(r)+more > MaxTaskText:
		return as.long.of(of, MaxTaskText)
	}
	return nil
}

// with is how long the tasks would be in all, in characters.
func (ts Tasks) with(r TaskRequest) int {
	n := utf8.RuneCountInString(r.Title) + utf8.RuneCountInString(r.Result)
	if n == 0 {
		return 0 // it makes none longer
	}
	for _, t := range ts {
		n += sizeOf(t.Evidence)
		if t.ID != r.ID || r.Title == "" {
			n += utf8.RuneCountInString(t.Title)
		}
		if t.ID != r.ID || r.Result == "" {
			n += utf8.RuneCountInString(t.Result)
		}
	}
	return n
}

// storable reports whether an instant is one that every part can keep.
func storable(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2200 }

func (ts Tasks) at(id int) int {
	return slices.IndexFunc(ts, func(t Task) bool { return t.ID == id })
}

// Open is how many are to be done yet.
func (ts Tasks) Open() (n int) {
	for _, t := range ts {
		if t.State == TaskOpen {
			n++
		}
	}
	return n
}

// note adds a task, or takes note of what became of one, and gives it as it is now.
func (ts *Tasks) note(r TaskRequest, at time.Time) Task {
	*ts = slices.Clone(*ts)
	n := ts.at(r.ID)
	if n < 0 {
		n = len(*ts)
		*ts = append(*ts, Task{ID: n + 1, Title: r.Title, Owner: r.Owner, State: TaskOpen})
	}
	t := &(*ts)[n]
	if r.Title != "" {
		t.Title = r.Title
	}
	if r.Owner != "" {
		t.Owner = r.Owner
	}
	if r.DueAt != nil {
		t.DueAt, t.Told = utc(*r.DueAt), false
	}
	if r.State != "" && r.State != TaskOpen {
		t.State, t.EndedAt = r.State, &at
	}
	if r.Result != "" {
		t.Result = r.Result
	}
	return *t
}

// drop drops those that are open: nobody has to do them any more.
func (ts *Tasks) drop(at time.Time) {
	*ts = slices.Clone(*ts)
	for n := range *ts {
		if t := &(*ts)[n]; t.State == TaskOpen {
			t.State, t.EndedAt = TaskDropped, &at
		}
	}
}

// falls are those whose owners are to be told that they are due.
func (ts Tasks) falls(k EventKind) (all []Deadline) {
	for _, t := range ts {
		if t.State == TaskOpen && !t.Told && t.DueAt != nil {
			all = append(all, Deadline{At: *t.DueAt, Kind: k, What: "A task is due; its owner is told."})
		}
	}
	return all
}

// tell takes note that the owner of the task that is due then is told.
func (ts *Tasks) tell(at time.Time) *Task {
	*ts = slices.Clone(*ts)
	for n := range *ts {
		if t := &(*ts)[n]; t.State == TaskOpen && !t.Told && t.DueAt != nil && t.DueAt.Equal(at) {
			t.Told = true
			kept := *t
			return &kept
		}
	}
	return nil
}

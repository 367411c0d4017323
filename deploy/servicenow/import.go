package servicenow

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Keep keeps a record under a number of its own, once for its origin: the same origin
// again changes nothing, is not fresh, and gives the number that it has.
type Keep func(ctx context.Context, origin string, i itsm.Incident, events []itsm.Event, comments []itsm.Comment) (n itsm.Number, fresh bool, err error)

// OriginOf names the source's incident for good.
func OriginOf(number string) string { return "servicenow:" + number }

// Import is one run over a file.
type Import struct {
	Source   *Source
	Home     Home
	Keep     Keep // nil: it is only tried
	Now      time.Time
	Progress func(done, all int) // told after each incident; nil: nobody is
}

// Run reads a file, plays it through the rules and keeps what came of it. What was
// kept stays when it fails or ends early, and is in the report; to run it again goes
// on from there. What is no such file at all is refused in the report. The error is
// that of ctx, of Keep, or of reading the file.
func (m *Import) Run(ctx context.Context, file io.Reader) (*Report, error) {
	log, err := m.Source.Read(file, m.Now)
	if e, ok := errors.AsType[*FileError](err); ok {
		log, err = &Log{Refused: []Refusal{e.Refusal}, Refusals: 1}, nil
	}
	if err != nil {
		return nil, err
	}
	report := newReport(log)
	if m.Keep != nil {
		report.Imported, report.Already = new(int), new(int)
	}
	for k, incident := range log.Incidents {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		if err := m.one(ctx, incident, report); err != nil {
			return report, err
		}
		log.Incidents[k] = Incident{} // its rows are not needed any more
		if m.Progress != nil {
			m.Progress(k+1, len(log.Incidents))
		}
	}
	return report, nil
}

func (m *Import) one(ctx context.Context, incident Incident, report *Report) error {
	record, err := m.Source.Replay(incident, m.Home, m.Now)
	if e, ok := errors.AsType[*RowError](err); ok {
		report.refuse(e.Refusal)
		return nil
	}
	if err != nil {
		return err
	}
	if m.Keep != nil {
		_, fresh, err := m.Keep(ctx, OriginOf(record.Source), record.Incident, record.Events, record.Comments)
		if err != nil {
			return err
		}
		if fresh {
			*report.Imported++
		} else {
			*report.Already++
		}
	}
	report.add(record)
	return nil
}

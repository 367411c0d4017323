package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
)

// TrendsType is the name of the search for problems in Temporal, and TrendsSchedule of
// the schedule that starts it.
const (
	TrendsType     = "Trends"
	TrendsSchedule = "steward-trends"
)

// searching is how long the search may take: it goes through months of incidents.
const searching = 2 * time.Minute

// Trends looks for problems in what the record book says of incidents (ISO/IEC
// 20000-1:2018, 8.6.3 a). It answers with what it found, and keeps that; the desk
// proposes a problem for each. A schedule starts it each night; started at any other
// time it does the same.
func Trends(ctx workflow.Context) ([]itsm.Trend, error) {
	var found []itsm.Trend
	err := doWithin(ctx, searching, "Look for incidents that are alike", a.FindTrends, workflow.Now(ctx)).Get(ctx, &found)
	return found, err
}

package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// ReviewsDueType is the name of what begins reviews in Temporal.
const ReviewsDueType = "ReviewsDue"

// scheduled is the instant that a schedule meant. It is that of the plan also where the
// start was late, made up for or backfilled.
var scheduled = temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")

// ReviewsDue begins the review of a supplier for the period that ended before the
// instant for which its schedule started it (ISO/IEC 20000-1:2018, 8.3.4.1: at planned
// intervals). A period has one review, which has the period in its number: whatever
// starts this twice, and whenever, the second time begins nothing. It answers with the
// number of the review; empty, when none is to be.
func ReviewsDue(ctx workflow.Context, c itsm.ReviewCycle) (itsm.Number, error) {
	at, ok := workflow.GetTypedSearchAttributes(ctx).GetTime(scheduled)
	if !ok { // started by hand
		at = workflow.Now(ctx)
	}
	var due activities.ReviewDue
	ask := activities.DueReview{Supplier: c.Supplier, Every: c.Every, Zone: c.Zone, At: at}
	if err := do(ctx, "Find out which period ended", a.DueReview, ask).Get(ctx, &due); err != nil || due.Number == "" {
		return "", err
	}
	return due.Number, begin(ctx, due.Number, due.Ended)
}

// begin starts a review, unless it is there.
func begin(ctx workflow.Context, n itsm.Number, ended time.Time) error {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            string(n),
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary:         ReviewSummary(n),
	})
	err := workflow.ExecuteChildWorkflow(ctx, SupplierReviewType, n, ended).GetChildWorkflowExecution().Get(ctx, nil)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}

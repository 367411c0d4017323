package activities

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v84/github"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// GitHub posts deployment statuses.
type GitHub struct {
	client *github.Client
	record func(itsm.Number) string // the address of a record, for people; empty: none
}

// NewGitHub talks to the API at base, such as https://api.github.com/, with a
// token that may write deployments. record gives the address where people can
// read about a change.
func NewGitHub(base, token string, record func(itsm.Number) string) (*GitHub, error) {
	at, err := url.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil {
		return nil, err
	}
	c := github.NewClient(&http.Client{Timeout: 15 * time.Second})
	if token != "" {
		c = c.WithAuthToken(token)
	}
	c.BaseURL = at
	return &GitHub{client: c, record: record}, nil
}

// ReportDeployment posts to GitHub, in order and once each, the statuses that a
// change has been through. What GitHub will never take is logged and left.
func (a *Activities) ReportDeployment(ctx context.Context, t Target) error {
	c, timeline, err := a.read(ctx, t)
	if err != nil || c.Deployment == nil || a.GitHub == nil {
		return err
	}
	for _, e := range timeline {
		status, text := deploymentStatus(c, e)
		if status == "" {
			continue
		}
		row, post, err := a.Store.BeginStatus(ctx, c.Number, status)
		if err != nil {
			return err
		}
		if post {
			err = a.postStatus(ctx, c, row, text)
		}
		if err != nil && itsm.AsError(err).Kind.Temporary() {
			return err
		}
		if err != nil {
			a.Log.WarnContext(ctx, "GitHub does not take a deployment status", "number", c.Number, "status", status, "error", err)
		}
	}
	return nil
}

// deploymentStatus is GitHub's word for what happened to a change; empty when
// GitHub need not know.
func deploymentStatus(c itsm.Change, e itsm.Event) (status, text string) {
	n := string(c.Number)
	switch e.Kind { //nolint:exhaustive // those of a change that its deployment is told; by the others it stays as it was
	case itsm.EventAssessing, itsm.EventOpened:
		return "pending", n + " waits for approval."
	case itsm.EventScheduled:
		return "queued", n + " is approved and on the schedule."
	case itsm.EventStarted:
		return "in_progress", n + " is being carried out."
	case itsm.EventCompleted:
		if c.Outcome == itsm.Failed {
			return "failure", n + " failed."
		}
		return "success", n + " was successful."
	case itsm.EventRejected:
		return "error", n + " was rejected."
	case itsm.EventExpired, itsm.EventWindowEnded:
		return "error", n + " expired."
	case itsm.EventCancelled:
		return "error", n + " was cancelled."
	case itsm.EventWithdrawn:
		return "error", n + " was withdrawn."
	}
	return "", ""
}

func (a *Activities) postStatus(ctx context.Context, c itsm.Change, row db.DeploymentStatus, text string) error {
	owner, repo, _ := strings.Cut(c.Deployment.Repository, "/")
	if row.Attempts > 1 { // an earlier attempt may have arrived
		id, found, err := a.GitHub.find(ctx, owner, repo, c.Deployment.ID, row.Status, text)
		if err != nil {
			return err
		}
		if found {
			return a.Store.PostedStatus(ctx, c.Number, row.Status, id)
		}
	}
	request := &github.DeploymentStatusRequest{State: &row.Status, Description: &text, AutoInactive: new(false)}
	if at := a.GitHub.record(c.Number); at != "" {
		request.LogURL = &at
	}
	posted, _, err := a.GitHub.client.Repositories.CreateDeploymentStatus(ctx, owner, repo, c.Deployment.ID, request)
	if err != nil {
		return githubError(err)
	}
	a.reached("github-accepted")
	if posted.GetID() == 0 {
		return itsm.Refuse(itsm.Unavailable, "github.unclear", "GitHub gave no clear answer.")
	}
	return a.Store.PostedStatus(ctx, c.Number, row.Status, posted.GetID())
}

// find looks for a status that an earlier attempt may have posted: the text names
// the change, and a change posts each status once.
func (g *GitHub) find(ctx context.Context, owner, repo string, deployment int64, status, text string) (int64, bool, error) {
	list, _, err := g.client.Repositories.ListDeploymentStatuses(ctx, owner, repo, deployment, &github.ListOptions{PerPage: 100})
	if err != nil {
		return 0, false, githubError(err)
	}
	for _, s := range list {
		if s.GetState() == status && s.GetDescription() == text {
			return s.GetID(), true, nil
		}
	}
	return 0, false, nil
}

// githubError says whether it is worth trying again. A token that is wrong can be
// mended, so that is; a deployment that is not there will not come back.
func githubError(err error) error {
	limit, limited := errors.AsType[*github.RateLimitError](err)
	abuse, abused := errors.AsType[*github.AbuseRateLimitError](err)
	answer, answered := errors.AsType[*github.ErrorResponse](err)
	switch {
	case limited:
		return itsm.Refuse(itsm.Limited, "github.rate_limited", "GitHub asks to wait.").Later(max(time.Second, time.Until(limit.Rate.Reset.Time)))
	case abused:
		return itsm.Refuse(itsm.Limited, "github.rate_limited", "GitHub asks to wait.").Later(max(time.Second, abuse.GetRetryAfter()))
	case answered && (answer.Response.StatusCode == http.StatusNotFound || answer.Response.StatusCode == http.StatusUnprocessableEntity):
		return itsm.Refuse(itsm.Conflict, "github.refused", "GitHub refuses it: %s", answer.Message)
	default:
		return itsm.Refuse(itsm.Unavailable, "github.unavailable", "GitHub cannot be reached, or does not know Steward's token.")
	}
}

// read reads a record that is at least as new as the target.
func (a *Activities) read(ctx context.Context, t Target) (itsm.Change, []itsm.Event, error) {
	c, err := a.Store.Change(ctx, t.Number)
	if err != nil {
		return c, nil, err
	}
	if c.Revision < t.Revision {
		return c, nil, behind(t, c.Revision)
	}
	timeline, err := a.Store.Timeline(ctx, t.Number)
	return c, timeline, err
}

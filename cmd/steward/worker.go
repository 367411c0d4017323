package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/activities/reach"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

// outPerSecond is how often all workers together tell the world something: Slack
// takes about one message a second and channel.
const outPerSecond = 20

// runWorker runs the processes and their activities until ctx ends, then lets
// what is under way finish.
func (p *program) runWorker(ctx context.Context) error {
	store, err := db.Open(ctx, p.config.DatabaseURL.Reveal(), db.Worker, 16)
	if err != nil {
		return ended(ctx, err)
	}
	defer store.Close()
	act := &activities.Activities{
		Store: store, Messenger: p.messenger, Roster: p.roster, Record: p.config.recordURL, Log: p.log, Now: time.Now, Reached: p.reached,
	}
	if err := p.ways(act); err != nil {
		return err
	}
	records := worker.New(p.temporal, workflows.Queue, p.workerOptions())
	records.RegisterWorkflowWithOptions(workflows.Change, workflow.RegisterOptions{Name: workflows.ChangeType})
	records.RegisterWorkflowWithOptions(workflows.Incident, workflow.RegisterOptions{Name: workflows.IncidentType})
	records.RegisterWorkflowWithOptions(workflows.Problem, workflow.RegisterOptions{Name: workflows.ProblemType})
	records.RegisterWorkflowWithOptions(workflows.Corrective, workflow.RegisterOptions{Name: workflows.CorrectiveType})
	records.RegisterWorkflowWithOptions(workflows.SupplierReview, workflow.RegisterOptions{Name: workflows.SupplierReviewType})
	records.RegisterWorkflowWithOptions(workflows.ReviewsDue, workflow.RegisterOptions{Name: workflows.ReviewsDueType})
	records.RegisterWorkflowWithOptions(workflows.Supplier, workflow.RegisterOptions{Name: workflows.SupplierType})
	records.RegisterWorkflowWithOptions(workflows.Contract, workflow.RegisterOptions{Name: workflows.ContractType})
	records.RegisterWorkflowWithOptions(workflows.Trends, workflow.RegisterOptions{Name: workflows.TrendsType})
	records.RegisterActivity(act)
	options := p.workerOptions()
	options.DisableWorkflowWorker = true
	pages := worker.New(p.temporal, workflows.PageQueue, options)
	pages.RegisterActivity(act)
	options.TaskQueueActivitiesPerSecond = outPerSecond
	out := worker.New(p.temporal, workflows.OutQueue, options)
	out.RegisterActivity(act)
	for _, w := range []worker.Worker{records, pages, out} {
		if err := w.Start(); err != nil {
			return err
		}
		defer w.Stop()
	}
	<-ctx.Done()
	return nil
}

func (p *program) workerOptions() worker.Options {
	return worker.Options{
		Interceptors:                []interceptor.WorkerInterceptor{wire.Interceptor(p.config.wireKeys())},
		WorkerStopTimeout:           30 * time.Second,
		DisableRegistrationAliasing: true,
		WorkflowTaskPollerBehavior:  worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior:  worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
	}
}

// ways gives the activities the ways by which they reach others.
func (p *program) ways(act *activities.Activities) (err error) {
	if act.GitHub, err = p.github(); err != nil {
		return err
	}
	mail, err := p.config.mail()
	if err != nil {
		return err
	}
	hook, err := p.config.hook()
	act.Mail, act.Hook = mail, hook
	return err
}

// mail is nil, which reaches nobody, when there is no mail server.
func (c Config) mail() (*reach.Mail, error) {
	if c.SMTPURL == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	return reach.NewMail(c.SMTPURL.Reveal(), c.MailFrom)
}

// hook is nil, which reaches nobody, when there is nothing to sign with.
func (c Config) hook() (*reach.Hook, error) {
	if c.WebhookSecrets == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	if c.Env == Development {
		return reach.NewHook(c.WebhookSecrets.Reveal(), reach.AllowLoopback())
	}
	return reach.NewHook(c.WebhookSecrets.Reveal())
}

// github is nil when there is neither a token nor an address of one's own.
func (p *program) github() (*activities.GitHub, error) {
	if p.config.GitHubToken == "" && p.config.GitHubAPIURL == defaultGitHub {
		return nil, nil //nolint:nilnil // none is wanted
	}
	return activities.NewGitHub(p.config.GitHubAPIURL, p.config.GitHubToken.Reveal(), p.config.recordURL)
}

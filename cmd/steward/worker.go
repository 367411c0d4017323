package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
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
	act := &activities.Activities{Store: store, Messenger: p.messenger, Log: p.log, Now: time.Now, Reached: p.reached}
	if act.GitHub, err = p.github(); err != nil {
		return err
	}
	records := worker.New(p.temporal, workflows.Queue, p.workerOptions())
	records.RegisterWorkflowWithOptions(workflows.Change, workflow.RegisterOptions{Name: workflows.ChangeType})
	records.RegisterActivity(act)
	options := p.workerOptions()
	options.TaskQueueActivitiesPerSecond = outPerSecond
	options.DisableWorkflowWorker = true
	out := worker.New(p.temporal, workflows.OutQueue, options)
	out.RegisterActivity(act)
	for _, w := range []worker.Worker{records, out} {
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

// github is nil when there is neither a token nor an address of one's own.
func (p *program) github() (*activities.GitHub, error) {
	if p.config.GitHubToken == "" && p.config.GitHubAPIURL == defaultGitHub {
		return nil, nil //nolint:nilnil // none is wanted
	}
	return activities.NewGitHub(p.config.GitHubAPIURL, p.config.GitHubToken.Reveal(), p.config.recordURL)
}

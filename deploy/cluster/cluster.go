package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// usableWithin bounds the wait for a namespace and its attributes: a frontend
// learns of a namespace within ten seconds and of an attribute within sixty.
const usableWithin = 2 * time.Minute

// A target is one namespace of one cluster.
type target struct {
	client    client.Client
	namespace string
}

// Prepare makes the namespace ready and returns when it can be used: it exists,
// it keeps closed workflows for at least the retention (an hour to ten years),
// and it has the search attributes. It may be run at every start, by several at
// once. An error is a sentence that says what is to be done, and by whom.
func Prepare(ctx context.Context, c client.Client, namespace string, attributes map[string]enumspb.IndexedValueType, retention time.Duration) error {
	if namespace == "" {
		return errors.New("the Temporal namespace has no name")
	}
	if retention < time.Hour || retention > 10*365*24*time.Hour {
		return fmt.Errorf("the retention of namespace %q is %s: it goes from one hour to ten years", namespace, retention)
	}
	ctx, cancel := context.WithTimeout(ctx, usableWithin)
	defer cancel()
	t := target{c, namespace}
	if err := t.ensureNamespace(ctx, retention); err != nil {
		return err
	}
	// Until the frontend knows the namespace it can neither list nor add attributes.
	if err := t.untilUsable(ctx, nil); err != nil {
		return err
	}
	if err := t.ensureAttributes(ctx, attributes); err != nil {
		return err
	}
	return t.untilUsable(ctx, attributes)
}

// ensureNamespace makes the namespace, or lengthens its retention.
func (t target) ensureNamespace(ctx context.Context, retention time.Duration) error {
	found, err := t.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: t.namespace})
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); missing {
		return t.register(ctx, retention)
	}
	if err != nil {
		return fmt.Errorf("the Temporal namespace %q cannot be read: %w", t.namespace, err)
	}
	if found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() >= retention {
		return nil
	}
	_, err = t.client.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: t.namespace,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
	})
	if err != nil {
		return fmt.Errorf("namespace %q keeps closed workflows for less than %s, and that cannot be changed from here (on Temporal Cloud, change it there; else `temporal operator namespace update --retention`): %w",
			t.namespace, retention, err)
	}
	return nil
}

func (t target) register(ctx context.Context, retention time.Duration) error {
	_, err := t.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: t.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		Description: "Steward: service management",
	})
	if _, raced := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); raced {
		return t.ensureNamespace(ctx, retention) // whoever made it may have asked for less
	}
	if err != nil {
		return fmt.Errorf("the Temporal namespace %q does not exist and cannot be made from here (on Temporal Cloud, make it there; else `temporal operator namespace create`): %w",
			t.namespace, err)
	}
	return nil
}

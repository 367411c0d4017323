package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
)

// askEvery is the pause between two questions to a frontend whose cache is old.
const askEvery = 200 * time.Millisecond

// ensureAttributes adds the search attributes that are missing.
func (t target) ensureAttributes(ctx context.Context, wanted map[string]enumspb.IndexedValueType) error {
	missing, err := t.missing(ctx, wanted)
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = t.client.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: t.namespace, SearchAttributes: missing,
	})
	if _, raced := errors.AsType[*serviceerror.AlreadyExists](err); raced {
		_, err = t.missing(ctx, wanted) // somebody was first: with the same types, we hope
		return err
	}
	if err != nil {
		return fmt.Errorf("namespace %q lacks the search attributes %s, and they cannot be added from here (on Temporal Cloud, add them there; else `temporal operator search-attribute create`): %w",
			t.namespace, names(missing), err)
	}
	return nil
}

// missing is the part of wanted that the namespace does not have. One that it
// has with another type is an error: no step of ours may replace it.
func (t target) missing(ctx context.Context, wanted map[string]enumspb.IndexedValueType) (map[string]enumspb.IndexedValueType, error) {
	have, err := t.client.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: t.namespace})
	if err != nil {
		return nil, fmt.Errorf("the search attributes of namespace %q cannot be read: %w", t.namespace, err)
	}
	missing := make(map[string]enumspb.IndexedValueType)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		is, there := have.GetCustomAttributes()[name]
		if !there {
			missing[name] = wanted[name]
		} else if is != wanted[name] {
			return nil, fmt.Errorf("namespace %q has a search attribute %s of type %s, and Steward needs it as %s: use another namespace, or remove the attribute with `temporal operator search-attribute remove` if nothing needs it",
				t.namespace, name, is, wanted[name])
		}
	}
	return missing, nil
}

// untilUsable waits until a query by every attribute goes through: the frontend
// serves from a cache and learns late of what was added.
func (t target) untilUsable(ctx context.Context, attributes map[string]enumspb.IndexedValueType) error {
	var conditions []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		conditions = append(conditions, "`"+name+"` IS NOT NULL")
	}
	request := &workflowservice.CountWorkflowExecutionsRequest{Namespace: t.namespace, Query: strings.Join(conditions, " AND ")}
	for {
		_, err := t.client.WorkflowService().CountWorkflowExecutions(ctx, request)
		if err == nil || !late(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %q is not usable yet (search attributes: %s): %w", t.namespace, names(attributes), err)
		case <-time.After(askEvery):
		}
	}
}

// late tells the answers of a frontend that has not heard yet from the others.
func late(err error) bool {
	_, namespace := errors.AsType[*serviceerror.NamespaceNotFound](err)
	_, attribute := errors.AsType[*serviceerror.InvalidArgument](err)
	_, busy := errors.AsType[*serviceerror.Unavailable](err)
	return namespace || attribute || busy
}

func names(attributes map[string]enumspb.IndexedValueType) string {
	return strings.Join(slices.Sorted(maps.Keys(attributes)), ", ")
}

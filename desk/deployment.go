package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// RaiseForDeployment raises the change that a GitHub deployment asks for: once,
// however many deliveries tell of it; for the sender's person, or for the
// service's owner when the sender is nobody we know.
func (d *Desk) RaiseForDeployment(ctx context.Context, in itsm.Deployment, sender, source string) (itsm.Receipt, error) {
	key := fmt.Sprintf("github/%s/%d", strings.ToLower(in.Repository), in.ID)
	who := Caller{Actor: itsm.Actor{Door: itsm.DoorWebhook}, Key: key, Source: source}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		d.trace(ctx, who, string(itsm.ActRaise), "", err)
		return itsm.Receipt{}, err
	}
	rule, ok := catalog.RuleFor(in.Repository, in.Environment)
	service, known := catalog.Service(rule.Service)
	if !ok || !known {
		err := itsm.Refuse(itsm.Invalid, "github.no_service",
			"No rule of the catalog maps %s in %s to a service.", in.Repository, in.Environment)
		d.trace(ctx, who, string(itsm.ActRaise), "", err)
		return itsm.Receipt{}, err
	}
	p := catalog.Deployer(sender, service)
	who.Actor = actorOf(catalog, p, itsm.DoorWebhook, bothScopes, "github:"+sender)
	draft := deploymentDraft(in, service.ID)
	draft.Risk = rule.Risk
	return d.RaiseChange(ctx, who, draft)
}

func deploymentDraft(in itsm.Deployment, service itsm.ServiceID) itsm.ChangeDraft {
	title := fmt.Sprintf("Deploy %s of %s to %s", in.Ref, in.Repository, in.Environment)
	return itsm.ChangeDraft{
		Type: itsm.Normal, Service: service, Title: cut(oneLine(title), itsm.MaxTitle),
		Description: fmt.Sprintf("Asked for by GitHub deployment %d.", in.ID),
		Plan:        fmt.Sprintf("Deploy commit %s to %s. GitHub is told of each step of this change.", in.SHA, in.Environment),
		BackoutPlan: fmt.Sprintf("Deploy to %s the commit that ran there before.", in.Environment),
		Deployment:  &in,
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

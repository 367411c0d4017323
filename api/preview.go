package api

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// PreviewChange handles POST /v1/changes/preview.
func (d *door) PreviewChange(ctx context.Context, in PreviewChangeRequestObject) (PreviewChangeResponseObject, error) {
	ctx, who := asked(ctx)
	p, err := d.desk.PreviewChange(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	out := PreviewChange200JSONResponse{Assessment: p.Assessment, Stages: each(p.Stages, planned)}
	if p.RiskScore.Tier != "" {
		out.RiskScore = &p.RiskScore
	}
	return out, nil
}

// planned is a stage that nobody has opened: it has no instants yet.
func planned(o itsm.Opening) PlannedStage {
	return PlannedStage{
		Stage: o.Stage, Of: o.Of, Name: o.Name, Channel: o.Channel,
		Factors: each(o.Panels, panelShown), Delegations: o.Deputies,
	}
}

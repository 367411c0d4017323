package api

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/steward-itsm/steward/itsm"
)

// changeEdit is an edit as a merge patch says it (RFC 7396).
type changeEdit struct {
	itsm.Edit
	Note string `json:"note"`
}

// UnmarshalJSON tells null, which takes away what a change need not have, from
// what is absent and stays: to encoding/json they are the same.
func (e *changeEdit) UnmarshalJSON(raw []byte) error {
	type plain changeEdit
	var given map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, (*plain)(e)), json.Unmarshal(raw, &given)); err != nil {
		return err
	}
	for name, value := range given {
		if string(value) == "null" {
			e.without(name)
		}
	}
	return nil
}

func (e *changeEdit) without(name string) {
	switch name {
	case "window":
		e.NoWindow = true
	case "description":
		e.Description = new(string)
	case "justification":
		e.Justification = new(string)
	case "test_plan":
		e.TestPlan = new(string)
	case "backout_minutes":
		e.Backout = new(int)
	case "configuration_items":
		e.Items = &[]string{}
	case "links":
		e.Links = &[]itsm.Link{}
	}
}

// EditChange handles PATCH /v1/changes/{number}.
func (d *door) EditChange(ctx context.Context, in EditChangeRequestObject) (EditChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.EditChange(ctx, who, in.Number, itsm.EditRequest{Revision: readAt(ctx), Note: in.Body.Note, Edit: in.Body.Edit})
	if err != nil {
		return nil, err
	}
	return EditChange200JSONResponse{receipt(r)}, nil
}

package db

import (
	"encoding/json"
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// written is what an edit writes, by column, with the hash of the text that it
// left: an object that has a column only when the edit touches it. No window is
// a null.
func written(e itsm.Edit, hash string) ([]byte, error) {
	e.Items, e.Links = listed(e.Items), listed(e.Links)
	noWindow := e.NoWindow && e.Window == nil
	e.NoWindow = false
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	columns := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &columns); err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	if noWindow {
		columns["window"] = json.RawMessage("null")
	}
	if columns["content_hash"], err = json.Marshal(hash); err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	if text, err = json.Marshal(columns); err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	return text, nil
}

// listed keeps an empty list apart from one that is not touched.
func listed[T any](all *[]T) *[]T {
	if all != nil && *all == nil {
		return &[]T{}
	}
	return all
}

// whole is a draft as the first of its edits.
func whole(d itsm.ChangeDraft) itsm.Edit {
	return itsm.Edit{
		Title: &d.Title, Description: &d.Description, Plan: &d.Plan, BackoutPlan: &d.BackoutPlan,
		Window: d.Window, NoWindow: d.Window == nil, Justification: &d.Justification, TestPlan: &d.TestPlan,
		Backout: &d.Backout, Items: &d.Items, Links: &d.Links, Risk: d.Risk, Assessment: d.Assessment,
	}
}

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/steward-itsm/steward/itsm"
)

// stewardSide drives Steward as people's programs do: over HTTP.
type stewardSide struct{ *stage }

func (s *stewardSide) name() string { return "Steward" }

func (s *stewardSide) raise(ctx context.Context, p *path, i int) (string, error) {
	risk := map[string]int{}
	for _, d := range itsm.RiskDimensions {
		risk[string(d)] = p.answers
	}
	var made struct {
		Number string `json:"number"`
	}
	err := s.call(ctx, requester(i), "/v1/changes", map[string]any{
		"type": "normal", "title": "Rotate the certificates " + itoa(i), "service": "website", "description": "They end in May.",
		"plan": "Rotate them one by one.", "backout_plan": "Put the old ones back.", "risk": risk,
	}, http.StatusCreated, &made)
	return made.Number, err
}

func (s *stewardSide) act(ctx context.Context, i int, id, act string) error {
	at := "/v1/changes/" + id
	switch act {
	case actDecide, actSecond:
		if act == actSecond { // the other one
			i++
		}
		return s.call(ctx, approvers[i%len(approvers)], at+"/decisions", map[string]any{"verdict": "approve", "note": "Go."}, http.StatusOK, nil)
	case actStart:
		return s.call(ctx, requester(i), at+"/start", nil, http.StatusOK, nil)
	default:
		return s.call(ctx, requester(i), at+"/complete", map[string]any{"result": "successful", "note": "All green."}, http.StatusOK, nil)
	}
}

func (s *stewardSide) call(ctx context.Context, who itsm.PersonID, path string, body any, want int, into any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, reader)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+s.tokens[who])
	r.Header.Set("Idempotency-Key", rand.Text()) // as a careful program does
	resp, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("%s answered %d: %s", path, resp.StatusCode, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

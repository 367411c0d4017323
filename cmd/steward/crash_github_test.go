package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// hub is the part of GitHub that keeps deployment statuses. It outlives the program.
type hub struct {
	mu       sync.Mutex
	statuses map[int64][]map[string]any // by deployment, newest first, as GitHub lists them
	last     int64
}

func newHub(t *testing.T) (*hub, string) {
	h := &hub{statuses: map[int64][]map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /repos/{owner}/{repo}/deployments/{id}/statuses", h.post)
	mux.HandleFunc("GET /repos/{owner}/{repo}/deployments/{id}/statuses", h.list)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return h, server.URL + "/"
}

func (h *hub) post(w http.ResponseWriter, r *http.Request) {
	var status map[string]any
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || json.NewDecoder(r.Body).Decode(&status) != nil {
		http.Error(w, `{"message":"Problems parsing JSON"}`, http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	status["id"] = h.last
	h.statuses[id] = slices.Insert(h.statuses[id], 0, status)
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(status) // whoever hangs up asks again
}

func (h *hub) list(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number has none
	h.mu.Lock()
	defer h.mu.Unlock()
	_ = json.NewEncoder(w).Encode(append([]map[string]any{}, h.statuses[id]...)) // whoever hangs up asks again
}

// states are what a deployment was said to have been through, oldest first.
func (h *hub) states(id int64) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var states []string
	for _, s := range slices.Backward(h.statuses[id]) {
		states = append(states, fmt.Sprint(s["state"]))
	}
	return states
}

// deliver sends the deployment that raises the story's change, as GitHub does and
// as somebody does who presses Redeliver.
func (s *story) deliver(ctx context.Context) (response, error) {
	body, err := json.Marshal(map[string]any{
		"action": "created",
		"deployment": map[string]any{
			"id": s.i + 1, "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e", "ref": "main", "environment": "production",
		},
		"repository": map[string]any{"full_name": "example/website"},
		"sender":     map[string]any{"login": string(s.owner)},
	})
	if err != nil {
		return response{}, err
	}
	return s.insist(ctx, http.MethodPost, "/v1/hooks/github", body, map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": "deployment",
		"X-GitHub-Delivery": fmt.Sprintf("delivery-%d", s.i), "X-Hub-Signature-256": hubSignature(body),
	})
}

func hubSignature(body []byte) string {
	sum := hmac.New(sha256.New, []byte(testGitHubSecret))
	sum.Write(body)
	return "sha256=" + hex.EncodeToString(sum.Sum(nil))
}

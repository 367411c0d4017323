package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// Remote is where the API is and who asks it, for a command that is not made out of the
// contract.
type Remote struct{ remote remote }

// Flags lets a command say so; the environment says the rest.
func (r *Remote) Flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.remote.url, "server", "", "where Steward is (STEWARD_URL)")
	f.StringVar(&r.remote.tokenFile, "token-file", "", "a file with your token, or - for standard input (STEWARD_TOKEN)")
}

// API is the API as one person asks it. What gets no answer is asked again with the
// same key, so that it counts once.
type API struct{ asker *asker }

// API reads where it is and who asks.
func (r *Remote) API(cmd *cobra.Command) (*API, error) {
	a, err := r.remote.asker(cmd)
	return &API{a}, err
}

// Get reads a document.
func (a *API) Get(ctx context.Context, path string, into any) error {
	return a.ask(ctx, request{method: http.MethodGet, path: path}, into)
}

// Post does an act, once for a key.
func (a *API) Post(ctx context.Context, path, key string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return a.ask(ctx, request{method: http.MethodPost, path: path, key: key, body: text}, into)
}

func (a *API) ask(ctx context.Context, q request, into any) error {
	got, err := a.asker.ask(ctx, q)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return fmt.Errorf("the answer to %s %s cannot be read: %w", q.method, q.path, err)
	}
	return nil
}

// ReadFile reads a file, or standard input for -, of so many bytes at most.
func ReadFile(cmd *cobra.Command, name string, most int64) ([]byte, error) {
	text, err := readFile(name, cmd.InOrStdin(), most)
	if err != nil {
		return nil, UsageError(name + " cannot be read: " + err.Error())
	}
	return text, nil
}

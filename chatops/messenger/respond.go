package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/slack-go/slack"
)

// maxAnswer bounds what is read of an answer that nobody needs, in bytes.
const maxAnswer = 1 << 20

// Reply is what Slack takes as the answer to a command and at a response URL.
type Reply struct {
	ResponseType    string        `json:"response_type,omitempty"`
	ReplaceOriginal bool          `json:"replace_original"`
	Text            string        `json:"text"`
	Blocks          []slack.Block `json:"blocks,omitempty"`
}

// Respond posts to a response URL. slack.used_url: it takes nothing any more. Whoever
// has the address can answer in our name, so it is in no error and no log.
func (m *Messenger) Respond(ctx context.Context, url string, r Reply) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return m.call(ctx, "response_url", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
		if err != nil {
			return slack.SlackErrorResponse{Err: "used_url"}
		}
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		res, err := m.hooks.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }() // read only
		if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)); err != nil {
			return err
		}
		switch {
		case res.StatusCode == http.StatusOK:
			return nil
		case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
			return slack.StatusCodeError{Code: res.StatusCode, Status: res.Status}
		default: // 404 and others: expired, or used up
			return slack.SlackErrorResponse{Err: "used_url"}
		}
	})
}

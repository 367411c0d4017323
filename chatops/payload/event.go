package payload

import (
	"encoding/json"
)

// ParseEvent reads an event, or the challenge that proves to Slack who listens.
func ParseEvent(body []byte) (Request, error) {
	var in struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
		Team      string `json:"team_id"`
		EventID   string `json:"event_id"`
		Event     *struct {
			Type string          `json:"type"`
			User json.RawMessage `json:"user"` // an id, or in some events an object
			Tab  string          `json:"tab"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, malformed("the event")
	}
	r := Request{Kind: KindEvent, Team: in.Team}
	switch {
	case in.Type == "url_verification":
		if !Readable(in.Challenge, 1000) || in.Challenge == "" {
			return r, malformed("there is no challenge")
		}
		r.Immediate = map[string]any{"challenge": in.Challenge}
		return r, nil
	case in.Type == "app_rate_limited":
		r.Event, r.Ignored = in.Type, true
		return r, nil
	case in.Type != "event_callback" || in.Event == nil:
		return r, malformed("there is no event")
	}
	r.Event, r.Dedupe = in.Event.Type, key("event", in.EventID)
	if json.Unmarshal(in.Event.User, &r.User) != nil {
		r.User = ""
	}
	r.Ignored = r.Event != "app_home_opened" || in.Event.Tab == "messages"
	if r.Ignored {
		return r, nil
	}
	if err := want(slackToken, "event_id", in.EventID); err != nil {
		return r, err
	}
	return r, r.check()
}

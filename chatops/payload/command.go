package payload

import (
	"net/url"
	"strings"
)

// ParseCommand reads a slash command, or the check of our certificate that looks like one.
func ParseCommand(body []byte) (Request, error) {
	f, err := url.ParseQuery(string(body))
	if err != nil {
		return Request{}, malformed("the form")
	}
	if f.Get("ssl_check") == "1" {
		return Request{Kind: KindCommand, Immediate: map[string]any{}}, nil
	}
	r := Request{
		Kind: KindCommand, Team: f.Get("team_id"), User: f.Get("user_id"), Trigger: f.Get("trigger_id"),
		Respond: f.Get("response_url"), Typed: f.Get("command") + " " + f.Get("text"),
	}
	r.Dedupe = key("command", r.Team, r.User, r.Trigger)
	switch {
	case !strings.HasPrefix(f.Get("command"), "/"):
		return r, malformed("there is no command")
	case !Readable(r.Typed, MaxTyped):
		return r, malformed("the text is too long or no text")
	case !slackToken.MatchString(r.Trigger):
		return r, malformed("the trigger_id is missing or malformed")
	}
	return r, r.check()
}

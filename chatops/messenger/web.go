package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// pause is how long to wait after a 429 that does not say so.
const pause = 30 * time.Second

// errEmpty is an answer of 200 without what was asked for: `{}` is no error to slack-go.
var errEmpty = errors.New("slack answered nothing")

// posting is the one method whose repeat people see: it says the same thing twice.
const posting = "chat.postMessage"

// sharing stands for the three calls that share a file.
const sharing = "files.completeUploadExternal"

// scopes are those of the manifest that a method needs; others need none.
var scopes = map[string]string{
	posting:                 "chat:write",
	"conversations.open":    "im:write",
	"conversations.history": "channels:history, groups:history or im:history",
	"conversations.replies": "channels:history, groups:history or im:history",
}

// newCalls counts what a Messenger calls.
func newCalls(r prometheus.Registerer) (*prometheus.CounterVec, error) {
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "steward_slack_calls_total", Help: "Calls to Slack, by method and result (ok or the refusal's code).",
	}, []string{"method", "result"})
	if r == nil {
		return calls, nil
	}
	return calls, r.Register(calls)
}

// call makes one call of Slack's, counts it and turns its failure into a refusal.
func (m *Messenger) call(ctx context.Context, method string, do func(context.Context) error) error {
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }}
	err := do(httptrace.WithClientTrace(ctx, trace))
	if err == nil {
		m.calls.WithLabelValues(method, "ok").Inc()
		return nil
	}
	e := refusalOf(method, err, written.Load())
	m.calls.WithLabelValues(method, e.Code).Inc()
	if e.Kind == itsm.Unavailable || e.Kind == itsm.Internal { // the cause travels no further: it is not for people
		m.log.WarnContext(ctx, "a call of slack failed", "method", method, "code", e.Code, "error", withoutAddress(err))
	}
	return e
}

// faults maps Slack's error codes. What is not here is our bug or new to us.
var faults = map[string]struct {
	kind    itsm.Kind
	code    string
	message string
}{
	"message_not_found":                   {itsm.NotFound, "slack.message_gone", "That message is not in Slack any more."},
	"cant_update_message":                 {itsm.NotFound, "slack.message_gone", "That message cannot be edited any more."},
	"edit_window_closed":                  {itsm.NotFound, "slack.message_gone", "That message is too old to be edited."},
	"channel_not_found":                   {itsm.Conflict, "slack.unreachable", "Slack knows no such channel, or it is private: correct it in the catalog, or invite the bot to it."},
	"not_in_channel":                      {itsm.Conflict, "slack.unreachable", "The bot is not in that channel. Invite the bot to the channel."},
	"is_archived":                         {itsm.Conflict, "slack.unreachable", "That channel is archived. Put another into the catalog."},
	"is_inactive":                         {itsm.Conflict, "slack.unreachable", "That channel is archived. Put another into the catalog."},
	"user_not_found":                      {itsm.Conflict, "slack.unreachable", "Slack knows no such person. Correct their Slack id in the catalog."},
	"user_disabled":                       {itsm.Conflict, "slack.unreachable", "That person's Slack account is deactivated."},
	"account_inactive":                    {itsm.Conflict, "slack.unreachable", "That Slack account is deactivated."},
	"cannot_dm_bot":                       {itsm.Conflict, "slack.unreachable", "That Slack id belongs to a bot. Correct it in the catalog."},
	"messages_tab_disabled":               {itsm.Conflict, "slack.unreachable", "The app does not take direct messages. Turn its Messages tab on."},
	"restricted_action":                   {itsm.Conflict, "slack.unreachable", "The workspace lets the bot post nothing in that channel. Ask a workspace administrator."},
	"invalid_auth":                        {itsm.Unavailable, "slack.unauthorised", "Slack does not accept the bot's token. An administrator must renew it."},
	"not_authed":                          {itsm.Unavailable, "slack.unauthorised", "Slack got no token. An administrator must set it."},
	"token_revoked":                       {itsm.Unavailable, "slack.unauthorised", "The bot's token was revoked. An administrator must install the app again."},
	"token_expired":                       {itsm.Unavailable, "slack.unauthorised", "The bot's token has expired. An administrator must renew it."},
	"missing_scope":                       {itsm.Unavailable, "slack.unauthorised", "The bot's token lacks a scope of the manifest. An administrator must install the app again."},
	"ratelimited":                         {itsm.Limited, "slack.rate_limited", "Slack wants us to slow down."},
	"rate_limited":                        {itsm.Limited, "slack.rate_limited", "Slack wants us to slow down."},
	"internal_error":                      {itsm.Unavailable, "slack.unavailable", "Slack has a fault of its own."},
	"fatal_error":                         {itsm.Unavailable, "slack.unavailable", "Slack has a fault of its own."},
	"service_unavailable":                 {itsm.Unavailable, "slack.unavailable", "Slack is not available."},
	"request_timeout":                     {itsm.Unavailable, "slack.unavailable", "Slack did not get the whole request."},
	"expired_trigger_id":                  {itsm.Conflict, "slack.too_late", "Slack waits three seconds for a form, and they had passed. Do that again."},
	"exchanged_trigger_id":                {itsm.Conflict, "slack.too_late", "That form was opened already. Do that again."},
	"invalid_trigger_id":                  {itsm.Conflict, "slack.too_late", "Slack waits three seconds for a form, and they had passed. Do that again."},
	"thread_not_found":                    {itsm.NotFound, "slack.message_gone", "The message that this answers is not in Slack any more."},
	"hash_conflict":                       {itsm.Conflict, "slack.view_changed", "That form was changed meanwhile."},
	"not_found":                           {itsm.NotFound, "slack.view_gone", "That form is not open any more."},
	"file_uploads_disabled":               {itsm.Conflict, "slack.no_files", "The workspace takes no files."},
	"file_uploads_except_images_disabled": {itsm.Conflict, "slack.no_files", "The workspace takes no files but pictures."},
	"file_upload_size_restricted":         {itsm.Conflict, "slack.no_files", "The workspace takes no file as large as that."},
	"file_type_not_allowed":               {itsm.Conflict, "slack.no_files", "The workspace takes no such files."},
	"used_url":                            {itsm.NotFound, "slack.used_url", "Slack takes no more answers at that response URL."},
}

// refusalOf turns what went wrong with a call of a method into a refusal. Written
// tells whether the request had left: then nobody knows whether Slack took it.
func refusalOf(method string, err error, written bool) *itsm.Error {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return slowDown(limited.RetryAfter)
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // Retry-After: 1.5
		return slowDown(pause)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		switch {
		case status.Code == http.StatusTooManyRequests:
			return slowDown(pause)
		case status.Code >= http.StatusInternalServerError:
			return failed(method, fmt.Sprintf("Slack answered with HTTP %d.", status.Code))
		default:
			return itsm.Refuse(itsm.Unavailable, "slack.unavailable", "Slack answered with HTTP %d.", status.Code)
		}
	}
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return answered(method, refused.Err)
	}
	switch {
	case notJSON(err):
		return failed(method, "Something between us and Slack answered instead of it.")
	case written, errors.Is(err, errEmpty):
		return itsm.Refuse(itsm.Unavailable, "slack.ambiguous", "Slack did not say whether it took that.")
	default:
		return itsm.Refuse(itsm.Unavailable, "slack.unavailable", "Slack cannot be reached.")
	}
}

// failed is a call whose answer is a failure's and not Slack's own. Slack may have
// taken a message before it failed, so nobody posts again without looking. Other
// calls can be made again whatever became of them.
func failed(method, message string) *itsm.Error {
	if method == posting {
		return itsm.Refuse(itsm.Unavailable, "slack.ambiguous", "%s It may have taken the message all the same.", message)
	}
	return itsm.Refuse(itsm.Unavailable, "slack.unavailable", "%s", message)
}

// answered is a call that Slack refused by one of its codes.
func answered(method, code string) *itsm.Error {
	f, known := faults[code]
	switch {
	case known && f.kind == itsm.Limited:
		return slowDown(pause)
	case code == "missing_scope" && method == sharing: // whoever installed it may have left that out; there are words too
		return itsm.Refuse(itsm.Conflict, "slack.no_files", "The bot's token does not let it share files.")
	case code == "missing_scope" && scopes[method] != "":
		return itsm.Refuse(f.kind, f.code, "The bot's token lacks a scope for %s: %s. Install the app again with all scopes of deploy/slack-manifest.yaml.",
			method, scopes[method])
	case code == "internal_error" || code == "fatal_error": // "some aspect of the operation may have succeeded", Slack says of these
		return failed(method, f.message)
	case known:
		return itsm.Refuse(f.kind, f.code, "%s", f.message)
	default:
		return itsm.Refuse(itsm.Internal, "slack.refused", "Slack refused what we sent: %s.", code)
	}
}

// notJSON tells a page of HTML, or half an answer, from Slack's own.
func notJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, shape := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || shape && !errors.Is(err, io.ErrUnexpectedEOF)
}

func slowDown(wait time.Duration) *itsm.Error {
	if wait <= 0 {
		wait = pause
	}
	return itsm.Refuse(itsm.Limited, "slack.rate_limited", "Slack wants us to slow down.").Later(wait)
}

// withoutAddress takes the address out of an error: a response URL is a secret.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

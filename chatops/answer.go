package chatops

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// answer is what one person is told after one delivery.
type answer struct {
	text    string
	blocks  []slack.Block
	refused *itsm.Error
	silent  bool                    // what they see already says it: a modal opened, a page published
	current *cards.Message          // takes the place of the message whose button was pressed
	modal   *slack.ModalViewRequest // takes the place of the modal
}

// said is an answer in one sentence of ours.
func said(text string) answer { return answer{text: text} }

// shown is an answer that looks as m does.
func shown(m cards.Message) answer { return answer{text: m.Text, blocks: m.Blocks} }

// message is the answer as a message of its own.
func (a answer) message() cards.Message { return cards.Message{Text: a.text, Blocks: a.blocks} }

// refuse says a refusal.
func refuse(err error) answer {
	e := itsm.AsError(err)
	a := shown(cards.Refusal(e))
	a.refused = e
	return a
}

// explain adds to a refusal what this person can do about it.
func (b *Bot) explain(ctx context.Context, r request, e *itsm.Error, kept desk.Delivery) answer {
	a := refuse(e)
	switch e.Kind {
	case itsm.Internal:
		a.blocks = append(a.blocks, cards.Footnote("Tell whoever runs Steward: "+reference(kept)+"."))
	case itsm.Limited:
		if e.RetryAfter > 0 {
			a.blocks = append(a.blocks, cards.Footnote("Try again in "+e.RetryAfter.Round(time.Second).String()+"."))
		}
	case itsm.Conflict:
		a.current = b.freshen(ctx, r)
	case itsm.Invalid, itsm.Unauthenticated, itsm.Forbidden, itsm.NotFound, itsm.Unavailable:
	}
	return a
}

// goingOn is said when two seconds were not enough.
func goingOn(r request) answer {
	a := answer{refused: itsm.Refuse(itsm.Unavailable, "slack.going_on",
		"No answer yet; it may have counted. Steward goes on trying and tells you what came of it. Repeating it never counts twice.")}
	a.text = a.refused.Message
	if r.Kind == payload.KindSubmission {
		a.modal = form.GoingOn(a.text)
	}
	return a
}

// outcome is the answer's label in the metrics.
func (a answer) outcome() string {
	if a.refused != nil {
		return a.refused.Code
	}
	return "ok"
}

// inBody tells whether Slack reads the answer from the HTTP response.
func (r request) inBody() bool {
	return r.Kind == payload.KindCommand || r.Kind == payload.KindSubmission
}

// body is the answer as the HTTP response carries it; empty when it does not.
func (a answer) body(r request) []byte {
	var v any
	switch {
	case r.Kind == payload.KindCommand && !a.silent:
		v = messenger.Reply{ResponseType: "ephemeral", Text: a.text, Blocks: a.blocks}
	case r.Kind == payload.KindSubmission && a.modal != nil:
		v = slack.NewUpdateViewSubmissionResponse(a.modal)
	case r.Kind == payload.KindSubmission && a.refused != nil:
		v = slack.NewErrorsViewSubmissionResponse(form.Errors(r.Form, a.refused))
	default:
		return nil // for a modal: it closes
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("chatops: an answer does not encode: " + err.Error()) // made of strings
	}
	return raw
}

// remember is the answer for the inbox. A refusal that says try later must not
// answer the repeat as well.
func (a answer) remember(r request) []byte {
	m := remembered{Body: a.body(r), Again: a.refused != nil && a.refused.Kind.Temporary()}
	raw, err := json.Marshal(m)
	if err != nil {
		panic("chatops: an answer does not encode: " + err.Error()) // its body is JSON
	}
	return raw
}

// say answers outside of the HTTP response: at the response URL, and where there
// is none or it has had its day, by direct message.
func (b *Bot) say(ctx context.Context, r request, a answer) error {
	if a.silent {
		return nil
	}
	if a.current != nil && b.mayAnswerAt(r.Respond) {
		replacement := messenger.Reply{ReplaceOriginal: true, Text: a.current.Text, Blocks: a.current.Blocks}
		if err := b.slack.Respond(ctx, r.Respond, replacement); err != nil { // it only comforts; the teller will mend the card
			b.log.WarnContext(ctx, "cannot refresh a message by its response url", "error", err)
		}
	}
	if b.mayAnswerAt(r.Respond) {
		err := b.slack.Respond(ctx, r.Respond, messenger.Reply{ResponseType: "ephemeral", Text: a.text, Blocks: a.blocks})
		if err == nil || itsm.AsError(err).Kind.Temporary() {
			return err
		}
	}
	if r.Press.Home && b.slack.OpenModal(ctx, r.Trigger, form.Aside(a.message())) == nil {
		return nil
	}
	return b.slack.Whisper(ctx, r.User, a.message())
}

// mayAnswerAt keeps us from posting to wherever a payload says.
func (b *Bot) mayAnswerAt(url string) bool {
	for _, prefix := range b.allowed {
		if strings.HasPrefix(url, prefix) && len(url) > len(prefix) {
			return true
		}
	}
	return false
}

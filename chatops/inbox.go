package chatops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// request is one delivery that somebody works on.
type request struct {
	payload.Request
	relayed bool // it comes from the inbox, after Slack was answered
}

// receive takes one delivery: read it, keep it, try it for two seconds, answer.
// It never waits on after its answer, because net/http serves nothing more on the
// connection until the handler returns, and Slack may have hung up.
func (b *Bot) receive(read func([]byte) (payload.Request, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		body, _ := c.MustGet(verified).([]byte)
		in, err := read(body)
		r := request{Request: in}
		switch {
		case err != nil:
			b.turnAway(c, http.StatusBadRequest, err)
		case r.Immediate != nil:
			c.JSON(http.StatusOK, r.Immediate)
		case r.Ignored:
			b.ignore(c, r)
		case r.Fleeting:
			b.foresee(c, r)
		default:
			b.serve(c, r, body)
		}
	}
}

// ignore answers what Slack tells every app and we do nothing about.
func (b *Bot) ignore(c *gin.Context, r request) {
	switch r.Event {
	case "app_rate_limited", "tokens_revoked", "app_uninstalled":
		b.log.ErrorContext(c.Request.Context(), "slack took something away from the app", "event", r.Event, "team", r.Team)
	}
	b.meters.delivered(r.Kind, "ignored")
	c.Status(http.StatusOK)
}

func (b *Bot) serve(c *gin.Context, r request, body []byte) {
	// Books outlast the trying, and neither ends because Slack hangs up.
	books, done := context.WithTimeout(context.WithoutCancel(c.Request.Context()), patience+aftermath)
	defer done()
	ctx, cancel := context.WithTimeout(books, patience)
	defer cancel()
	if err := b.ours(ctx, r); err != nil {
		b.meters.delivered(r.Kind, itsm.AsError(err).Code)
		b.desk.Refused(ctx, desk.Caller{Actor: itsm.Actor{Door: itsm.DoorSlack, Credential: "slack:" + r.User}, Source: source(r)}, "slack.deliver", err)
		b.respond(books, c, r, refuse(err))
		return
	}
	kept, fresh, err := b.desk.KeepDelivery(ctx, desk.Delivery{
		DedupeKey: r.Dedupe, Kind: r.Kind, Team: r.Team, User: r.User, Payload: body, ReceivedAt: b.now(),
	}, lease)
	if err != nil {
		b.notKept(books, c, r, err)
		return
	}
	earlier := recall(kept.Answer)
	if again := kept.Answered && earlier.Again; !fresh && !again {
		b.repeat(c, r, kept, earlier)
		return
	}
	a, err := b.try(ctx, r, kept)
	b.settle(books, c, r, kept, a, err)
}

// ours refuses what comes from a workspace that this deployment does not serve.
// Where nobody said which it serves (production must) and Slack does not say
// whose the token is, the signature has to do, and that a person is in the catalog.
func (b *Bot) ours(ctx context.Context, r request) error {
	teams := b.teams
	if len(teams) == 0 {
		me, err := b.slack.Self(ctx)
		if err != nil {
			b.log.WarnContext(ctx, "nobody knows which workspace is ours; set STEWARD_SLACK_TEAMS", "error", err)
			return nil
		}
		teams = []string{me.Team}
	}
	if slices.Contains(teams, r.Team) {
		return nil
	}
	return itsm.Refuse(itsm.Forbidden, "slack.team", "Steward serves the people of another Slack workspace. You come from %s.", r.Team)
}

// notKept answers what the inbox did not take. Slack delivers an event again
// when it is told to; a person has to.
func (b *Bot) notKept(ctx context.Context, c *gin.Context, r request, err error) {
	b.log.ErrorContext(ctx, "cannot keep a delivery of slack", "kind", r.Kind, "error", err)
	b.meters.delivered(r.Kind, "not_kept")
	if r.Kind == payload.KindEvent {
		c.Status(http.StatusServiceUnavailable)
		return
	}
	b.respond(ctx, c, r, refuse(itsm.Refuse(itsm.Unavailable, "slack.not_kept", "Steward could not take that; nothing happened. Try again.")))
}

// repeat answers a delivery that came before: as it was answered then, or that
// somebody is at it.
func (b *Bot) repeat(c *gin.Context, r request, kept desk.Delivery, earlier remembered) {
	b.meters.delivered(r.Kind, "repeat")
	if kept.Answered {
		write(c, earlier.Body)
		return
	}
	write(c, goingOn(r).body(r))
}

// try does what was asked. An error means that it is not known to be over: the
// relay tries again.
func (b *Bot) try(ctx context.Context, r request, kept desk.Delivery) (answer, error) {
	a, err := b.act(ctx, r, kept.DedupeKey)
	if err == nil {
		return a, nil
	}
	e := itsm.AsError(err)
	if ctx.Err() != nil || e.Kind == itsm.Unavailable || e.Code == "idempotency.running" || // our first try still runs
		r.relayed && e.Kind == itsm.Limited { // that it was asked often does not undo what may have counted
		return answer{}, e
	}
	if e.Kind == itsm.Internal {
		b.log.ErrorContext(ctx, "a delivery of slack failed", "delivery_id", kept.ID, "kind", r.Kind, "error", err)
	}
	return b.explain(ctx, r, e, kept), nil
}

// settle answers Slack and notes in the inbox what came of the delivery.
func (b *Bot) settle(ctx context.Context, c *gin.Context, r request, kept desk.Delivery, a answer, err error) {
	switch {
	case err != nil && r.Kind == payload.KindAction: // a press is never met with silence
		b.respond(ctx, c, r, goingOn(r))
		b.later(ctx, r, kept, err, respite)
		return
	case err == nil && !r.inBody():
		err = b.say(ctx, r, a)
	}
	if err != nil {
		b.later(ctx, r, kept, err, respite)
		write(c, goingOn(r).body(r))
		return
	}
	b.meters.delivered(r.Kind, a.outcome())
	if err := b.desk.AnswerDelivery(ctx, kept.ID, a.remember(r)); err != nil { // the relay does it again and it counts once
		b.log.WarnContext(ctx, "cannot note an answer in the inbox", "delivery_id", kept.ID, "error", err)
	}
	write(c, a.body(r))
}

// later gives the delivery to the relay.
func (b *Bot) later(ctx context.Context, r request, kept desk.Delivery, err error, after time.Duration) {
	code := itsm.AsError(err).Code
	b.meters.delivered(r.Kind, "later")
	if err := b.desk.PostponeDelivery(ctx, kept.ID, code, after); err != nil { // its lease ends all the same
		b.log.WarnContext(ctx, "cannot postpone a delivery of slack", "delivery_id", kept.ID, "error", err)
	}
}

// respond answers without the inbox.
func (b *Bot) respond(ctx context.Context, c *gin.Context, r request, a answer) {
	if !r.inBody() {
		if err := b.say(ctx, r, a); err != nil {
			b.log.WarnContext(ctx, "cannot answer on slack", "kind", r.Kind, "error", err)
		}
	}
	write(c, a.body(r))
}

// write answers Slack with a body; one that is empty must not have a type, or
// Slack shows it.
func write(c *gin.Context, body []byte) {
	if len(body) == 0 {
		c.Status(http.StatusOK)
		return
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
}

// remembered is an answer as the inbox keeps it.
type remembered struct {
	Body  json.RawMessage `json:"body,omitempty"`
	Again bool            `json:"again,omitempty"` // it said try later, so a repeat is tried
}

func recall(kept []byte) remembered {
	var m remembered
	if len(kept) > 0 && json.Unmarshal(kept, &m) != nil {
		return remembered{}
	}
	return m
}

// actKey names an act after the delivery that asked for it.
func actKey(dedupe string) string {
	sum := sha256.Sum256([]byte(dedupe))
	return "slack-" + hex.EncodeToString(sum[:])
}

func source(r request) string { return "slack:" + r.Team }

// reference is what a person tells the operator, who greps the log for it.
func reference(kept desk.Delivery) string { return "delivery " + strconv.FormatInt(kept.ID, 10) }

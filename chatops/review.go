package chatops

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// reviews is what the door knows of the reviews of suppliers. Their numbers begin with
// those of their suppliers.
var reviews = &kind{
	name: "supplier_review", under: "supplier", verbs: reviewVerbs,
	also: map[string]string{"submit": "measure", "saw": "seen", "actions": "action", "agree": "action", "sign": "sign-off"},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		return b.review(ctx, who, n)
	},
	given: (*Bot).givenOfReview,
}

func (b *Bot) review(ctx context.Context, who desk.Caller, n itsm.Number) (*itsm.SupplierReview, error) {
	r, err := b.desk.Review(ctx, who, n)
	return &r, err
}

// reviewVerbs are what people do to a review.
var reviewVerbs = map[string]verb{
	"show":     {do: (*Bot).showSupplier, look: true},
	"status":   {do: (*Bot).supplierStatus, look: true},
	"explain":  {do: (*Bot).supplierStatus, look: true},
	"timeline": {do: (*Bot).supplierTimeline, look: true},

	"measure": {
		do: reviewDeed("You gave a measure of", (*Bot).measure, cards.Measured), act: itsm.ActMeasure, rule: on(mayMeasure), read: (*Bot).readMeasure,
		form: &form.Why{
			Callback: "supplier_review.measure", Title: "Measure", Submit: "Give it",
			Fields: []form.Field{
				{Block: "name", Label: "Which measure?", Offered: true},
				{Block: "other", Label: "Another, and what it is called", Hint: "Only where it is none of those above.", Optional: true},
				{Block: "value", Label: "Value", Hint: "Of what a contract has a target for: a decimal such as 99.95, in its unit.", Optional: true},
				{Block: "points", Label: "Points", Hint: "Of all else: 0 to 100.", Optional: true},
				{Block: "criterion", Label: "Criterion", Hint: "Of all else: what it is scored by.", Optional: true, Options: form.Criteria()},
				{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint, Long: true},
			},
			Means: "Another than you has to see what shows it, before it counts.",
		},
	},
	"seen": {
		do: reviewDeed("You saw the evidence of a measure of", (*Bot).seeNamed, cards.ReadingSeen), act: itsm.ActSeen, rule: on(maySee), read: (*Bot).readSeen,
		form: &form.Why{
			Callback: "supplier_review.seen", Title: "Evidence of", Submit: "I saw it",
			Fields: []form.Field{{Block: "name", Label: "Of which measure did you see the evidence?", Offered: true}},
			Means:  "Its details show the evidence of each. Your name stands beside the measure then.",
		},
	},
	"confirm": {do: reviewDeed("You saw the evidence of a measure of", (*Bot).seeAsRead, cards.ReadingSeen)},
	"score":   {do: reviewDeed("You scored", (*Bot).scoreReview, cards.ReviewThen("`/supplier meet %s` records the meeting with the supplier."))},
	"meet": {
		do: reviewDeed("You recorded the meeting of", (*Bot).meetReview, cards.ReviewThen("`/supplier action %s` records what was agreed on.")), act: itsm.ActMeet, rule: on(mayMeet), read: fields(typed.Meet),
		form: &form.Why{
			Callback: "supplier_review.meet", Title: "Meeting", Block: "note", Label: "What was said?", Submit: "Record",
			Fields: []form.Field{{Block: "attendees", Label: "Who was there?", Hint: "Of both sides, one on each line.", Long: true}},
		},
	},
	"action": {
		do: reviewDeed("You recorded what was agreed on in", (*Bot).agreeOn, agreedThen), open: (*Bot).openActions, read: (*Bot).readAction, need: "owner",
	},
	"sign-off": {do: reviewDeed("You signed off", (*Bot).signOff, nil)},
	"cancel": {
		do: reviewDeed("You cancelled", (*Bot).cancelReview, nil), act: itsm.ActReviewCancel, rule: on(mayCancelReview),
		form: &form.Why{Callback: "supplier_review.cancel", Title: "Cancel", Block: "note", Label: "Why does nobody need it?", Submit: "Cancel it"},
	},
	"comment": {
		do: reviewDeed("You commented on", (*Bot).commentOnReview, cards.ReviewThen("It stands below its card.")), act: itsm.ActReviewComment, rule: on(mayCommentOnReview),
		form: &form.Why{Callback: "supplier_review.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below its card, for all who may see it."},
	},
}

var agreedThen = cards.ReviewThen("Whoever has an action is told, and others are asked to sign it off: `/supplier sign-off %s`.")

// another is the value of the choice that names none of the measures that there are.
const another = "\u2026"

// givenOfReview is what a form about a review knows already: what was typed, and which
// measures there are.
func (b *Bot) givenOfReview(_ context.Context, who desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	r, _ := s.(*itsm.SupplierReview)
	g := form.Given{Headline: cards.ReviewHeadline(r), Said: map[string]string{v.form.Block: w.note}, Offers: map[string][]form.Option{}}
	var all []form.Option
	for n, o := range r.Readings {
		if v.act == itsm.ActSeen && (!o.Unseen() || o.By == who.Person) {
			continue
		}
		words := fmt.Sprintf("%d. %s", n+1, o.Name)
		if o.Goal != nil {
			words += ", " + o.Unit
		}
		if o.Points == nil {
			words = "❔ " + words
		}
		all = append(all, form.Option{Value: optionOf(v, n, &o), Words: cards.Cut(words, 70, "…")})
	}
	if v.act == itsm.ActMeasure {
		all = append(all, form.Option{Value: another, Words: "Another, which is called as I say below"})
	}
	g.Offers["name"] = all
	maps.Copy(g.Said, w.said)
	for n, o := range r.Readings {
		if g.Said["name"] == o.Name {
			g.Said["name"] = optionOf(v, n, &o)
		}
	}
	return g, nil
}

// optionOf is the nth measure as a form names it: for whoever sees its evidence with when
// it was given, so that one that is given anew meanwhile is not the one that they saw.
func optionOf(v verb, n int, o *itsm.Reading) string {
	if v.act == itsm.ActSeen && o.At != nil {
		return strconv.Itoa(n+1) + "@" + o.At.UTC().Format(time.RFC3339Nano)
	}
	return strconv.Itoa(n + 1)
}

// named is the measure that a form or a command names: by its number among those that
// there are, or by its name.
func (b *Bot) named(ctx context.Context, who desk.Caller, n itsm.Number, said string) (*itsm.Reading, error) {
	r, err := b.review(ctx, who, n)
	if err != nil {
		return nil, err
	}
	for k := range r.Readings {
		if said == strconv.Itoa(k+1) || said == r.Readings[k].Name {
			return &r.Readings[k], nil
		}
	}
	return nil, nil
}

// readMeasure reads a measure, what was measured and what shows it.
func (b *Bot) readMeasure(ctx context.Context, who desk.Caller, w *wish, rest string) error {
	r, err := b.review(ctx, who, w.Number)
	w.note = ""
	if err == nil {
		w.said = typed.Measure(rest, r)
	}
	return err
}

// readSeen reads of which measure somebody saw the evidence.
func (b *Bot) readSeen(ctx context.Context, who desk.Caller, w *wish, rest string) error {
	r, err := b.review(ctx, who, w.Number)
	w.note = ""
	if err != nil || strings.TrimSpace(rest) == "" {
		return err
	}
	w.said = typed.Fields{"name": rest}
	if at, _ := typed.Reading(rest, r); at >= 0 {
		w.said["name"] = r.Readings[at].Name
	}
	return nil
}

// readAction reads an action: whose it is, until when, and what.
func (b *Bot) readAction(ctx context.Context, who desk.Caller, w *wish, rest string) error {
	person, due, title := typed.Action(rest)
	w.said, w.note = typed.Fields{"title": title, "due": due}, ""
	if person == "" {
		return nil
	}
	var err error
	if w.to, err = b.person(ctx, who, person); err == nil && due != "" && title != "" {
		w.said["owner"] = string(w.to)
	}
	return err
}

// reviewDeed is a deed on a review that says what came of it.
func reviewDeed(done string, ask asked, next cards.ReviewNext) deed {
	return deedUpon(done, ask, (*Bot).review, next)
}

func (b *Bot) measure(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	o, err := b.named(ctx, who, w.Number, w.said["name"])
	if err != nil {
		return itsm.Receipt{}, err
	}
	q := itsm.ReadingRequest{Name: strings.TrimSpace(w.said["other"]), Criterion: itsm.Criterion(w.said["criterion"]), Evidence: form.EvidenceOf(w.said["evidence"])}
	if o != nil {
		q.Name = o.Name
		if o.Goal == nil && q.Criterion == "" {
			q.Criterion = o.Criterion
		}
	}
	if said := strings.TrimSpace(w.said["value"]); said != "" {
		q.Value = new(itsm.Amount)
		if err := q.Value.UnmarshalText([]byte(said)); err != nil {
			return itsm.Receipt{}, form.Beside("/value", err)
		}
	}
	if said := strings.TrimSpace(w.said["points"]); said != "" {
		points, err := strconv.Atoi(said)
		if err != nil {
			points = -1 // the rules refuse it, beside its field
		}
		q.Points = &points
	}
	return b.desk.MeasureReview(ctx, who, w.Number, q)
}

// seeNamed says that the evidence of a measure was seen: as the form showed it, or as it
// stands where its name was typed.
func (b *Bot) seeNamed(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	q := itsm.SeenRequest{Name: w.said["name"]}
	o, err := b.named(ctx, who, w.Number, q.Name)
	if nth, at, given := strings.Cut(q.Name, "@"); err == nil && o == nil && given {
		if o, err = b.named(ctx, who, w.Number, nth); o != nil {
			q.At = new(time.Time)
			if q.At.UnmarshalText([]byte(at)) != nil {
				return itsm.Receipt{}, staleForm()
			}
		}
	}
	if err != nil {
		return itsm.Receipt{}, err
	}
	if o != nil {
		q.Name = o.Name
	}
	return b.desk.SeeReading(ctx, who, w.Number, q)
}

// seeAsRead says that the evidence of a measure was seen, as the message showed it.
func (b *Bot) seeAsRead(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	q := itsm.SeenRequest{At: w.At}
	o, err := b.named(ctx, who, w.Number, strconv.Itoa(w.Task))
	if err != nil {
		return itsm.Receipt{}, err
	}
	if o != nil {
		q.Name = o.Name
	}
	return b.desk.SeeReading(ctx, who, w.Number, q)
}

func (b *Bot) scoreReview(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ScoreReview(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) meetReview(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	var there []string
	for name := range strings.Lines(w.said["attendees"]) {
		if name = strings.TrimSpace(name); name != "" {
			there = append(there, name)
		}
	}
	return b.desk.MeetReview(ctx, who, w.Number, itsm.MeetingRequest{Attendees: there, Note: w.note})
}

// agreeOn records the one action that was typed.
func (b *Bot) agreeOn(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	a := itsm.ReviewAction{Title: w.said["title"], Owner: w.to}
	if err := a.Due.UnmarshalText([]byte(w.said["due"])); err != nil {
		return itsm.Receipt{}, form.Beside("/actions/0/due", err)
	}
	return b.desk.AgreeAction(ctx, who, w.Number, itsm.AgreeRequest{Actions: []itsm.ReviewAction{a}})
}

func (b *Bot) signOff(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.SignOffReview(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) cancelReview(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CancelReview(ctx, who, w.Number, itsm.Cancellation{Note: w.note})
}

// commentOnReview comments, or answers the question whose button was pressed.
func (b *Bot) commentOnReview(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnReview(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}

// openActions opens the form for what was agreed on, with the one that was typed.
func (b *Bot) openActions(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	one, err := opened(ctx, b, who, w.Number, itsm.ActAgree, (*Bot).review, func(one *itsm.SupplierReview) error { return mayAgree(one, who.Actor) })
	if err != nil {
		return answer{}, err
	}
	said := form.ReviewSlot{Action: itsm.ReviewAction{Title: w.said["title"]}}
	if said.Action.Due.UnmarshalText([]byte(w.said["due"])) != nil {
		said.Action.Due = 0 // they pick one
	}
	if w.to != "" {
		said.Who = b.slackOf(ctx, who, w.to)
	}
	return b.offer(ctx, r, form.Agreed(one, said))
}

// saveActions takes that form.
func (b *Bot) saveActions(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	k, err := readKept(f.Private)
	if err != nil {
		return answer{}, err
	}
	one, err := b.review(ctx, who, k.Number)
	if err != nil {
		return answer{}, err
	}
	slots := f.Actions()
	q := itsm.AgreeRequest{Note: f.Text("note"), Actions: slices.Grow([]itsm.ReviewAction{}, len(slots))}
	for _, s := range slots {
		s.Action.Owner = one.Owner
		if s.Who != "" {
			if s.Action.Owner, err = b.person(ctx, who, s.Who); err != nil {
				return answer{}, form.Beside(fmt.Sprintf("/actions/%d/owner", s.N), err)
			}
		}
		q.Actions = append(q.Actions, s.Action)
	}
	ask := func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.AgreeAction(ctx, who, w.Number, q)
	}
	a, err := b.saved(ctx, who, k, reviewDeed("You recorded what was agreed on in", ask, agreedThen))
	return a, inSlots(err, "/actions", len(slots), func(n int) int { return slots[n].N })
}

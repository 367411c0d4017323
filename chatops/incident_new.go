package chatops

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// newIncident opens the form for an incident, filled in with the title that was typed
// or the message that it is raised from.
func (b *Bot) newIncident(ctx context.Context, who desk.Caller, r request, title string) (answer, error) {
	if err := who.May(itsm.RaiseIncidents); err != nil { // before they fill in a form for nothing
		b.desk.Refused(ctx, who, string(itsm.ActIncidentRaise), err)
		return answer{}, err
	}
	services, err := b.services(ctx, who)
	if err != nil {
		return answer{}, err
	}
	offered := form.NewIncident{Services: services, Title: inOneLine(typed.Note(title))}
	if r.On.TS != "" {
		if err := b.from(ctx, who, r.On, &offered); err != nil {
			return answer{}, err
		}
	}
	return b.offer(ctx, r, form.Incident(offered))
}

// glance is how long Slack may take to say where a message is: the form's trigger lives
// for three seconds.
const glance = 700 * time.Millisecond

func inOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// from takes a message for an incident: its first line is the title, and all of it
// the description. Where Slack does not say its address the incident goes without:
// nobody waits for it.
func (b *Bot) from(ctx context.Context, who desk.Caller, m payload.Message, n *form.NewIncident) error {
	text, err := b.spoken(ctx, who, m.Text)
	if err != nil {
		return err
	}
	n.Description = strings.TrimSpace(text)
	first, _, _ := strings.Cut(n.Description, "\n")
	n.Title = inOneLine(first)
	ctx, done := context.WithTimeout(ctx, glance)
	defer done()
	if n.Message, err = b.slack.Permalink(ctx, m.Channel, m.TS); err != nil {
		b.log.WarnContext(ctx, "slack does not say where a message is", "channel", m.Channel, "error", err)
	}
	return nil
}

// raiseIncident takes the form for an incident.
func (b *Bot) raiseIncident(ctx context.Context, who desk.Caller, f form.Filled) (answer, error) {
	message, err := readMessage(f.Private)
	if err != nil {
		return answer{}, err
	}
	var r itsm.Receipt
	raise := func(b *Bot, ctx context.Context, who desk.Caller, _ wish) (itsm.Receipt, error) {
		r, err = b.desk.RaiseIncident(ctx, who, f.Incident(message))
		return r, err
	}
	a, err := deedOf("You reported", raise, cards.Reported)(b, ctx, who, wish{})
	if err != nil {
		return answer{}, err
	}
	a.modal = form.LastWord(string(r.Number), a.text+"\n`/incident status "+string(r.Number)+"` tells where it stands.")
	return a, nil
}

// readMessage reads from what message an incident is raised, which anybody may have
// changed: it is an address as any that its reporter could name.
func readMessage(private string) (string, error) {
	if private == "" {
		return "", nil
	}
	var k form.Kept
	if json.Unmarshal([]byte(private), &k) != nil || !payload.Readable(k.Message, itsm.MaxURL) {
		return "", staleForm()
	}
	return k.Message, nil
}

// services are those that somebody can raise something about.
func (b *Bot) services(ctx context.Context, who desk.Caller) ([]itsm.Service, error) {
	services, err := b.desk.Services(ctx, who)
	if err == nil && len(services) == 0 {
		err = itsm.Refuse(itsm.Conflict, "slack.no_services", "The catalog has no services yet. Ask an administrator to add one.")
	}
	return services, err
}

func (b *Bot) incidentHelp(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.IncidentHelp()), nil
}

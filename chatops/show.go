package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// noticeShow and the lists are no notices of a process: they answer somebody who asks.
const noticeShow itsm.NoticeKind = "show"

// notice gathers what a message about a change needs, as who may see it.
func (b *Bot) notice(ctx context.Context, who desk.Caller, kind itsm.NoticeKind, n itsm.Number) (itsm.Notice, []itsm.Event, error) {
	c, err := b.desk.Change(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	timeline, err := b.desk.Timeline(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return itsm.Notice{}, nil, err
	}
	out := itsm.Notice{
		Kind: kind, Change: c, Explanation: c.Explain(), To: who.Person, People: people,
		Service: service(services, c.Service),
	}
	if len(timeline) > 0 {
		out.Event = timeline[len(timeline)-1]
	}
	return out, timeline, nil
}

func (b *Bot) catalog(ctx context.Context, who desk.Caller) ([]itsm.Service, map[itsm.PersonID]itsm.Person, error) {
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[itsm.PersonID]itsm.Person, len(people))
	for _, p := range people {
		byID[p.ID] = p
	}
	return services, byID, nil
}

func service(all []itsm.Service, id itsm.ServiceID) itsm.Service {
	i := slices.IndexFunc(all, func(s itsm.Service) bool { return s.ID == id })
	if i < 0 {
		return itsm.Service{ID: id}
	}
	return all[i]
}

// show answers /change show and the Details button with all that the record holds.
func (b *Bot) show(ctx context.Context, who desk.Caller, c claim, _ string) (answer, error) {
	notice, timeline, err := b.notice(ctx, who, noticeShow, c.Number)
	if err != nil {
		return answer{}, err
	}
	m := b.details(notice, timeline)
	return answer{text: m.text, blocks: m.blocks}, nil
}

func (b *Bot) details(n itsm.Notice, timeline []itsm.Event) message {
	c := n.Change
	blocks := []slack.Block{header(c), section(escape(n.Explanation.Summary), fields(n)...)}
	for _, part := range []struct{ title, text string }{
		{"Description", c.Description}, {"Plan", c.Plan}, {"Back-out plan", c.BackoutPlan},
	} {
		if part.text != "" {
			blocks = append(blocks, plain(part.title+"\n"+part.text))
		}
	}
	for _, d := range c.Decisions {
		if !strings.Contains(n.Explanation.Summary, d.Note) {
			blocks = append(blocks, plain("Note of "+name(n, d.By)+"\n"+d.Note))
		}
	}
	if reported(n.Event) {
		blocks = append(blocks, plain("Note of "+name(n, n.Event.Actor)+"\n"+n.Event.Note))
	}
	if len(timeline) > 0 {
		blocks = append(blocks, section(told(n, timeline)))
	}
	blocks = append(blocks, footnote(b.context(n)...))
	if len(n.Explanation.Acts) > 0 {
		blocks = append(blocks, row(string(noticeShow), c, names(n), n.Explanation.Acts, false))
	}
	return fit(message{text: escape(headline(c) + " is " + c.State.Words() + ". " + n.Explanation.Summary), blocks: blocks})
}

// maxTold events are shown of a timeline; the record has all.
const maxTold = 15

// told is what happened to a change, a line each, oldest first.
func told(n itsm.Notice, timeline []itsm.Event) string {
	lines := []string{"*What happened*"}
	for _, e := range timeline[max(0, len(timeline)-maxTold):] {
		what := strings.ReplaceAll(strings.TrimPrefix(string(e.Kind), "change."), "_", " ")
		lines = append(lines, moment(e.At)+" "+what+", by "+escape(name(n, e.Actor)))
	}
	return strings.Join(lines, "\n")
}

// The lists of /change list.
const (
	listOpen    = "open"
	listMine    = "mine"
	listWaiting = "waiting"
)

// maxListed changes fit into one message with their buttons.
const maxListed = 10

var openStates = []itsm.ChangeState{
	itsm.ChangeRaised, itsm.ChangeAwaiting, itsm.ChangeApproved, itsm.ChangeScheduled, itsm.ChangeImplementing,
}

// listed reads one of the lists, newest first, and one more than is shown.
func (b *Bot) listed(ctx context.Context, who desk.Caller, which string) ([]itsm.Change, error) {
	switch which {
	case listWaiting:
		return b.desk.Waiting(ctx, who)
	case listMine:
		page, err := b.desk.Changes(ctx, who, desk.ChangeList{Mine: true, Limit: maxListed + 1})
		return page.Items, err
	}
	var all []itsm.Change
	for _, state := range openStates {
		page, err := b.desk.Changes(ctx, who, desk.ChangeList{State: state, Limit: maxListed + 1})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	slices.SortFunc(all, func(a, b itsm.Change) int {
		return cmp.Or(b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(a.Number, b.Number))
	})
	return all, nil
}

var listTitles = map[string]string{
	listOpen: "Open changes", listMine: "Changes that you raised", listWaiting: "Changes that wait for you",
}

func (b *Bot) list(ctx context.Context, who desk.Caller, which string) (answer, error) {
	changes, err := b.listed(ctx, who, which)
	if err != nil {
		return answer{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	m := fit(message{text: listTitles[which], blocks: rows(which, changes, services, people)})
	return answer{text: m.text, blocks: m.blocks}, nil
}

// rows are two blocks for each change: what it is, and what can be done.
func rows(which string, changes []itsm.Change, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []slack.Block {
	blocks := []slack.Block{section("*" + listTitles[which] + "*")}
	if len(changes) == 0 {
		return append(blocks, footnote("There is none."))
	}
	for _, c := range first(changes, maxListed) {
		n := itsm.Notice{Change: c, Explanation: c.Explain(), Service: service(services, c.Service), People: people}
		line := signs[c.State] + " " + headline(c) + "\n" + c.State.Words() + " · " + cmp.Or(n.Service.Name, string(c.Service))
		if waits := waitsFor(n); waits != "" {
			line += " · waits for " + waits
		}
		acts := n.Explanation.Acts
		if which == listMine { // nobody decides on what they raised
			acts = slices.DeleteFunc(slices.Clone(acts), func(a itsm.Act) bool { return a == itsm.ActDecide })
		}
		blocks = append(blocks, plain(line), row("list."+which, c, names(n), acts, true))
	}
	if len(changes) > maxListed {
		blocks = append(blocks, footnote("There are more. These are the newest; the API lists all."))
	}
	return blocks
}

// freshen is what the message whose button was pressed should say by now, so
// that dead buttons vanish; nil when it is not ours to replace. A Home tab it
// publishes anew. It is a comfort: what fails here is mended by the next look.
func (b *Bot) freshen(ctx context.Context, r request) *message {
	place, number, _ := strings.Cut(r.press.Block, "/")
	if r.kind != kindAction || itsm.Number(number).Check() != nil {
		return nil
	}
	actor, err := b.desk.SlackActor(ctx, r.team, r.user)
	if err != nil {
		return nil
	}
	who := desk.Caller{Actor: actor, Source: source(r)}
	if r.press.Home {
		if _, err := b.openHome(ctx, who, r, nil); err != nil {
			b.log.WarnContext(ctx, "cannot publish a home tab anew", "error", err)
		}
		return nil
	}
	if which, ok := strings.CutPrefix(place, "list."); ok {
		a, err := b.list(ctx, who, which)
		if err != nil {
			return nil
		}
		return &message{text: a.text, blocks: a.blocks}
	}
	n, timeline, err := b.notice(ctx, who, itsm.NoticeKind(place), itsm.Number(number))
	if err != nil {
		return nil
	}
	switch n.Kind {
	case itsm.NoticeCard, itsm.NoticeAsk, itsm.NoticeRemind:
		m := b.render(n)
		return &m
	case noticeShow:
		m := b.details(n, timeline)
		return &m
	case itsm.NoticeTell: // what it tells is its event's, which is not to be had here; the teller mends it
	}
	return nil
}

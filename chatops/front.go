package chatops

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

// fronts is what the counter does about records of all kinds.
type fronts interface {
	Waiting(ctx context.Context, who desk.Caller) ([]itsm.Record, error)
	Records(ctx context.Context, who desk.Caller, list desk.RecordList) (desk.RecordPage, error)
	Search(ctx context.Context, who desk.Caller, r itsm.SearchRequest, limit int) (desk.Found, error)
	Graph(ctx context.Context, who desk.Caller, n itsm.Number, depth int) (itsm.Graph, error)
}

// entries are what a list shows of records of all kinds.
func entries(records []itsm.Record, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []cards.Entry {
	out := make([]cards.Entry, len(records))
	for i, r := range records {
		out[i] = cards.Entry{Record: r, Service: service(services, r.Service), People: people}
	}
	return out
}

// recordList answers with records of all kinds.
func (b *Bot) recordList(ctx context.Context, who desk.Caller, title string, records []itsm.Record, more bool, hint string) (answer, error) {
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Entries(title, entries(records, services, people), more, hint)), nil
}

// awaited adds to what waits for somebody what they can do about as many as are shown.
func (b *Bot) awaited(ctx context.Context, who desk.Caller, all []cards.Entry) (_ []cards.Entry, err error) {
	for i := range all[:min(len(all), cards.MaxListed)] {
		all[i].Notice, err = b.offering(ctx, who, all[i])
		if err != nil && itsm.AsError(err).Kind != itsm.NotFound { // they may have lost sight of it since
			return nil, err
		}
	}
	return all, nil
}

// offering is a record of a list with what somebody can do about it; nil for a kind that
// has no buttons of its own.
func (b *Bot) offering(ctx context.Context, who desk.Caller, e cards.Entry) (*itsm.Notice, error) {
	n, number := itsm.Notice{Service: e.Service, People: e.People}, e.Record.Number
	switch e.Record.Kind {
	case itsm.KindIncident:
		i, err := b.desk.Incident(ctx, who, number)
		if err != nil {
			return nil, err
		}
		n.Incident = &i
		n = b.offeredTo(who, n)
	case itsm.KindProblem:
		p, err := b.desk.Problem(ctx, who, number)
		if err != nil {
			return nil, err
		}
		n.Problem = &p
		n = b.offeredProblem(who, n)
	case itsm.KindCorrective:
		c, err := b.desk.CorrectiveAction(ctx, who, number)
		if err != nil {
			return nil, err
		}
		n.Corrective = &c
		n = b.offeredCorrective(who, n)
	case itsm.KindChange:
		c, err := b.desk.Change(ctx, who, number)
		if err != nil {
			return nil, err
		}
		n.Change, n.Explanation, n.To = c, c.Explain(), who.Person
		n = b.theirs(n, who)
	case itsm.KindSupplier, itsm.KindContract, itsm.KindReview:
		return b.offeringSupplied(ctx, who, n, number)
	default:
		return nil, nil
	}
	return &n, nil
}

// searchTyped answers /itsm search with what fits the words.
func (b *Bot) searchTyped(ctx context.Context, who desk.Caller, _ request, words string) (answer, error) {
	words = strings.TrimSpace(words)
	found, err := b.desk.Search(ctx, who, itsm.SearchRequest{Words: words}, cards.MaxListed)
	if err != nil {
		return answer{}, err
	}
	return b.recordList(ctx, who, "What fits "+words, found.Items, found.More, "Other words find less; `/itsm search INC-42` finds one.")
}

// records reads which records somebody wants listed, in words of any order. What is none
// of them is returned.
func records(words []string) (list desk.RecordList, unknown string) {
	list.Open = true
	for _, w := range words {
		switch kind := itsm.RecordKind(strings.TrimSuffix(w, "s")); {
		case w == "open":
		case w == "all":
			list.Open = false
		case w == "mine":
			list.Mine = true
		case w == "assigned":
			list.Assigned = true
		case w == "late":
			list.Late = true
		case w == "week":
			list.Week = true
		case slices.Contains(itsm.RecordKinds, kind):
			list.Kind = kind
		case slices.Contains(itsm.RecordStates, itsm.State(w)):
			list.State, list.Open = itsm.State(w), false
		default:
			return list, w
		}
	}
	return list, ""
}

// listables are the words that a list is asked for by.
func listables() []string {
	all := []string{"open", "all", "mine", "assigned", "late", "week"}
	for _, k := range itsm.RecordKinds {
		all = append(all, string(k)+"s")
	}
	for _, s := range itsm.RecordStates {
		all = append(all, string(s))
	}
	return all
}

// titled is what a list is called.
func titled(list desk.RecordList) string {
	what := "records"
	if list.Kind != "" {
		what = list.Kind.Words() + "s"
	}
	which := "All"
	switch {
	case list.State != "":
		which = "All " + list.State.Words()
	case list.Open:
		which = "Open"
	}
	title := []string{which, what}
	for _, more := range []struct {
		is   bool
		says string
	}{{list.Mine, "that you raised"}, {list.Assigned, "that you have in hand"}, {list.Late, "that are late"}, {list.Week, "of the next seven days"}} {
		if more.is {
			title = append(title, more.says)
		}
	}
	return strings.Join(title, " ")
}

// listAll answers /itsm list with records of all kinds, newest first.
func (b *Bot) listAll(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	list, word := records(strings.Fields(strings.ToLower(rest)))
	if word != "" {
		return unknown("/itsm", cards.Unescape(r.Typed), nearest("/itsm list", word, listables())), nil
	}
	list.Limit = cards.MaxListed
	page, err := b.desk.Records(ctx, who, list)
	if err != nil {
		return answer{}, err
	}
	return b.recordList(ctx, who, titled(list), page.Items, page.Next != "", "These are the newest; `/itsm search` finds others.")
}

// graph answers /itsm graph NUMBER with how a record is to others, up to two steps from
// it or as many as are said: in words, and as a picture where files are allowed.
func (b *Bot) graph(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, after := typed.Word(rest)
	n, err := numbered(first, "")
	if err != nil {
		return answer{}, err
	}
	depth := 0
	if after = strings.TrimSpace(after); after != "" {
		if depth, err = strconv.Atoi(after); err != nil || depth == 0 {
			depth = -1 // the desk says which there are
		}
	}
	g, err := b.desk.Graph(ctx, who, n, depth)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Graph(g, b.draw(ctx, r.User, g))), nil
}

// draw sends somebody the picture of a graph, in their direct message, and returns what
// there is to say of that: nothing, where the workspace takes no files.
func (b *Bot) draw(ctx context.Context, slackID string, g itsm.Graph) string {
	drawn, err := picture.PNG(g)
	if err == nil {
		err = b.slack.Share(ctx, slackID, messenger.Picture{
			Name: string(g.Of) + ".png", Title: "How " + string(g.Of) + " is to other records", Alt: cards.Graph(g, "").Text, PNG: drawn,
		})
	}
	switch e := itsm.AsError(err); {
	case err == nil:
		return "It is drawn in your direct message with Steward."
	case e.Code == "slack.no_files":
		return ""
	default:
		return "There is no picture of it: " + e.Message
	}
}

// linkTyped answers /itsm link: with a record's number it links that record, and alone it
// says as whom Steward knows whoever asks.
func (b *Bot) linkTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	if strings.TrimSpace(rest) != "" {
		return b.record(ctx, who, r, nil, "link", rest)
	}
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Known(byID(people)[who.Person], who.Teams)), nil
}

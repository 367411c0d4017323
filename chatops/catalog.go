package chatops

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// lookups are the lists of the catalog that /itsm shows.
var lookups = map[string]func(*Bot, context.Context, desk.Caller) (answer, error){
	"services": (*Bot).listServices,
	"people":   (*Bot).listPeople,
}

const (
	maxEntries      = 50 // of the catalog in one message
	entriesTogether = 5  // the longest that there are still fit into a section
)

// listServices answers /itsm services: what can be changed, and who answers for it.
func (b *Bot) listServices(ctx context.Context, who desk.Caller) (answer, error) {
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	lines := make([]string, len(services))
	for i, s := range services {
		lines[i] = "*" + escape(s.Name) + "* `" + string(s.ID) + "` · owner " + escape(name(itsm.Notice{People: people}, s.Owner)) +
			" · team " + string(s.Team) + " · " + string(s.Criticality) + " · asks in <#" + s.Channel + ">"
		if s.Restricted {
			lines[i] += " · restricted"
		}
	}
	return entries("Services", lines), nil
}

// listPeople answers /itsm people: who is who, as the asker may see them.
func (b *Bot) listPeople(ctx context.Context, who desk.Caller) (answer, error) {
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return answer{}, err
	}
	lines := make([]string, len(people))
	for i, p := range people {
		roles := "no role"
		if len(p.Roles) > 0 {
			roles = strings.ReplaceAll(joined(p.Roles), "_", " ")
		}
		lines[i] = "*" + escape(p.Name) + "* `" + string(p.ID) + "` · " + roles + " · " + p.Zone
		if p.Email != "" {
			lines[i] += " · " + escape(p.Email)
		}
	}
	return entries("People", lines), nil
}

func joined(roles []itsm.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// entries shows lines of the catalog under a title.
func entries(title string, lines []string) answer {
	blocks := []slack.Block{section("*" + title + "*")}
	if len(lines) == 0 {
		blocks = append(blocks, footnote("There is none."))
	}
	for part := range slices.Chunk(first(lines, maxEntries), entriesTogether) {
		blocks = append(blocks, section(strings.Join(part, "\n")))
	}
	if len(lines) > maxEntries {
		blocks = append(blocks, footnote("There are more; the API lists all."))
	}
	m := fit(message{text: title, blocks: blocks})
	return answer{text: m.text, blocks: m.blocks}
}

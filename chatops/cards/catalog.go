package cards

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

const (
	maxEntries      = 50 // of the catalog in one message
	entriesTogether = 5  // the longest that there are still fit into a section
)

// Services lists what can be changed, and who answers for it.
func Services(services []itsm.Service, people map[itsm.PersonID]itsm.Person) Message {
	lines := make([]string, len(services))
	for i, s := range services {
		lines[i] = "*" + Escape(s.Name) + "* `" + string(s.ID) + "` · owner " + Escape(Name(people, s.Owner)) +
			" · team " + string(s.Team) + " · " + string(s.Criticality) + " · asks in <#" + s.Channel + ">"
		if s.Restricted {
			lines[i] += " · restricted"
		}
	}
	return entries("Services", lines)
}

// People lists who is who, as the asker may see them.
func People(people []itsm.Person) Message {
	lines := make([]string, len(people))
	for i, p := range people {
		roles := "no role"
		if len(p.Roles) > 0 {
			roles = joined(p.Roles)
		}
		lines[i] = "*" + Escape(p.Name) + "* `" + string(p.ID) + "` · " + roles + " · " + p.Zone
		if p.Email != "" {
			lines[i] += " · " + Escape(p.Email)
		}
	}
	return entries("People", lines)
}

func joined(roles []itsm.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = Words(r)
	}
	return strings.Join(words, ", ")
}

// entries shows lines of the catalog under a title.
func entries(title string, lines []string) Message {
	blocks := []slack.Block{Section("*" + title + "*")}
	if len(lines) == 0 {
		blocks = append(blocks, Footnote("There is none."))
	}
	for part := range slices.Chunk(first(lines, maxEntries), entriesTogether) {
		blocks = append(blocks, Section(strings.Join(part, "\n")))
	}
	if len(lines) > maxEntries {
		blocks = append(blocks, Footnote("There are more; the API lists all."))
	}
	return fit(Message{Text: title, Blocks: blocks})
}

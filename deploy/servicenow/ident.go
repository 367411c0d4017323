package servicenow

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// Nobody stands for whoever the log does not name.
const Nobody itsm.PersonID = "unknown"

const maxIdent = 48 // characters, which leaves room within any column

var (
	// opaque is how an id looks from which nobody can be told: Caller 2403, or a sys_id.
	opaque    = regexp.MustCompile(`^([A-Za-z]+( [A-Za-z]+)* ?[0-9]+|[0-9a-f]{32})$`)
	plainID   = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,63}$`)
	plainText = regexp.MustCompile(`^[A-Za-z0-9 ._-]*$`)
	unplain   = regexp.MustCompile(`[^a-z0-9._-]+`)
)

// reserved are ids that mean somebody else in Steward.
var reserved = map[string]bool{string(itsm.System): true, string(itsm.Monitoring): true, string(Nobody): true}

// ident makes an id of what the log calls somebody or some group: Caller 2403 is
// caller-2403. What is lost on the way and could tell two apart is kept as a hash.
func ident(text string) string {
	id := strings.Trim(unplain.ReplaceAllString(folded(text), "-"), "-._")
	if id == "" || id[0] < 'a' || id[0] > 'z' || reserved[id] {
		id = strings.TrimSuffix("servicenow-"+id, "-")
	}
	if len(id) <= maxIdent && plainText.MatchString(text) {
		return id
	}
	return strings.TrimRight(id[:min(len(id), maxIdent)], "-._") + "-" + hashed(text)
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(folded(text)))
	return hex.EncodeToString(sum[:6])
}

// person is who acts under a user of the log; empty when the log does not say. An id
// stays in the audit for good, so that no name may become one: whoever the profile
// does not name, and who may have been written by name, is told apart by a hash.
func (s *Source) person(text string) itsm.PersonID {
	id, named := s.people[folded(text)]
	switch {
	case !known(text):
		return ""
	case s.machines[folded(text)]:
		return itsm.System
	case named:
		return id
	case opaque.MatchString(text):
		return itsm.PersonID(ident(text))
	}
	return itsm.PersonID("person-" + hashed(text))
}

// team is whose a group's incidents are.
func (s *Source) team(group string) itsm.TeamID {
	if !known(group) {
		return s.Team
	}
	if t, ok := s.teams[folded(group)]; ok {
		return t
	}
	return itsm.TeamID(ident(group))
}

// known reports whether the log says something: a ? is what it does not know.
func known(text string) bool { return text != "" && text != "?" }

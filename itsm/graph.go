package itsm

// The bounds of a graph.
const (
	MaxGraphDepth = 3 // steps from the record that was asked for
	MaxGraphNodes = 60
)

// Graph is how a record is to others, and those to others again, as far as its reader
// may know of them.
type Graph struct {
	Of    Number   `json:"of"`
	Nodes []Record `json:"nodes"` // the nearest first; the first is the one that was asked for
	Edges []Edge   `json:"edges"`
	More  int      `json:"more"` // at least so many others are near, and were left off
}

// Edge is a relation with its words, read from either end.
type Edge struct {
	Relation
	Words string `json:"words"` // from: says how it is to the other
	Back  string `json:"back"`  // to: says the same
}

// NewEdge says a relation.
func NewEdge(r Relation) Edge { return Edge{r, r.Kind.Words(), r.Kind.Back()} }

// relationWords says each kind of relation from both its ends.
var relationWords = map[RelationKind]struct{ words, back string }{
	CausedBy:    {"caused by", "caused"},
	FixedBy:     {"fixed by", "fixed"},
	Follows:     {"follows", "followed by"},
	ChildOf:     {"child of", "parent of"},
	DuplicateOf: {"duplicate of", "has the duplicate"},
	Related:     {"related to", "related to"},
	FoundIn:     {"found in", "shows the problem"},
	ActsOn:      {"acts on", "acted on by"},
	Applies:     {"applies the workaround of", "its workaround was applied to"},
	HeldFor:     {"held for", "holds up"},
}

// Words says the kind as a person would, from the record that says it.
func (k RelationKind) Words() string { return relationWords[k].words }

// Back says it from the record that it leads to.
func (k RelationKind) Back() string { return relationWords[k].back }

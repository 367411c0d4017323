package itsm

// Degree is how high something is on the scale that impact and urgency share.
type Degree string

// The degrees.
const (
	HighDegree   Degree = "high"
	MediumDegree Degree = "medium"
	LowDegree    Degree = "low"
)

// Degrees is every Degree, the highest first.
var Degrees = []Degree{HighDegree, MediumDegree, LowDegree}

// Priority is in what order incidents are dealt with, and how fast: P1 first
// (ISO/IEC 20000-1:2018, 8.6.1 b).
type Priority string

// The priorities.
const (
	P1 Priority = "P1"
	P2 Priority = "P2"
	P3 Priority = "P3"
	P4 Priority = "P4"
	P5 Priority = "P5" // planned, without a target of its own by default
)

// Priorities is every Priority, the most pressing first.
var Priorities = []Priority{P1, P2, P3, P4, P5}

// Matrix is the rule that makes a priority of impact and urgency. It is kept by
// version with the catalog; a record keeps the one that it began with.
type Matrix struct {
	High   MatrixRow `json:"high"` // of high impact
	Medium MatrixRow `json:"medium"`
	Low    MatrixRow `json:"low"`
}

// MatrixRow has the priorities of one impact, by urgency.
type MatrixRow struct {
	High   Priority `json:"high"`
	Medium Priority `json:"medium"`
	Low    Priority `json:"low"`
}

// DefaultMatrix is the matrix of a catalog that has none.
var DefaultMatrix = Matrix{
	High:   MatrixRow{High: P1, Medium: P2, Low: P3},
	Medium: MatrixRow{High: P2, Medium: P3, Low: P4},
	Low:    MatrixRow{High: P3, Medium: P4, Low: P5},
}

// Priority is what the matrix makes of an impact and an urgency; empty when one of
// them is none.
func (m Matrix) Priority(impact, urgency Degree) Priority {
	row := of(impact, m.High, m.Medium, m.Low)
	return of(urgency, row.High, row.Medium, row.Low)
}

// of picks by degree.
func of[T any](d Degree, high, medium, low T) (none T) {
	switch d {
	case HighDegree:
		return high
	case MediumDegree:
		return medium
	case LowDegree:
		return low
	}
	return none
}

// Override is a priority that somebody set against the matrix, with the reason.
type Override struct {
	Priority Priority `json:"priority"`
	By       PersonID `json:"by"`
	Note     string   `json:"note"`
}

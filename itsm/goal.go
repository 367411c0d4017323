package itsm

import (
	"regexp"
	"strconv"
	"strings"
)

// MaxPoints is what is given where a goal is reached.
const MaxPoints = 100

// Amount is a measured quantity in thousandths, written as a decimal: 99.95. Its unit
// is that of the goal which it is measured for.
type Amount int64

const (
	thousandths    = 1000
	amountDecimals = 3
)

// amount has at most nine digits before the point, so that no sum of a hundred
// thousand overflows.
var amount = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,3})?$`)

// String writes a as a decimal without needless zeros.
func (a Amount) String() string {
	sign, n := "", int64(a)
	if n < 0 {
		sign, n = "-", -n
	}
	whole, rest := strconv.FormatInt(n/thousandths, 10), strconv.FormatInt(thousandths+n%thousandths, 10)[1:]
	if rest = strings.TrimRight(rest, "0"); rest != "" {
		whole += "." + rest
	}
	return sign + whole
}

// MarshalText writes what String does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a decimal such as 99.95 (amount.invalid).
func (a *Amount) UnmarshalText(text []byte) error {
	word := string(text)
	if !amount.MatchString(word) {
		return Refuse(Invalid, "amount.invalid", "%q is not a decimal; write it like 99.95, with up to nine digits before the point and three behind it.", cut(word))
	}
	whole, rest, _ := strings.Cut(word, ".")
	n, err := strconv.ParseInt(whole+(rest + "000")[:amountDecimals], 10, 64)
	*a = Amount(n)
	return err
}

// Goal is what is aimed at: all points at Full or better, none at None or worse. Which
// way is better is by which of the two is greater.
type Goal struct {
	Full Amount `json:"full"`
	None Amount `json:"none"`
}

// Reached reports whether a value is as good as was aimed at.
func (g Goal) Reached(value Amount) bool {
	if g.Full < g.None {
		return value <= g.Full
	}
	return value >= g.Full
}

// Points are those for a value: in proportion between the two ends, rounded down, so
// that all of them are given for the goal alone.
func (g Goal) Points(value Amount) int {
	if g.Full < g.None {
		g, value = Goal{Full: -g.Full, None: -g.None}, -value
	}
	switch {
	case value >= g.Full:
		return MaxPoints
	case value <= g.None:
		return 0
	}
	return int(MaxPoints * (value - g.None) / (g.Full - g.None))
}

// stricter reports whether whoever keeps g keeps other too.
func (g Goal) stricter(other Amount) bool {
	if g.Full < g.None {
		return g.Full <= other
	}
	return g.Full >= other
}

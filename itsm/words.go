package itsm

import "strings"

// list puts words in a row as a person would say them: a, b or c.
func list[T ~string](words []T) string {
	switch len(words) {
	case 0:
		return "nobody"
	case 1:
		return string(words[0])
	}
	var b strings.Builder
	for i, w := range words[:len(words)-1] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String() + " or " + string(words[len(words)-1])
}

package client

import (
	"encoding/json"
	"fmt"
	"strings"
)

// about is at the end of every help.
const about = `STEWARD_URL says where Steward is, STEWARD_TOKEN who you are. Times are those of this
machine. To repeat is safe: what gets no answer is asked again with the same key, and
counts once.

Exit codes: 0 done, 1 refused, 2 usage, 3 no answer.`

const lineWidth = 84 // characters of help

func groupHelp(o operation, short string) string {
	return wrap(short, lineWidth) + "\n\nExample:\n\n  steward " + o.kind + " --help\n\n" + about
}

// help is what the contract says of an operation, with its own example as a command line.
func (o operation) help() string {
	text := wrap(o.summary()+".", lineWidth)
	if o.spec.Description != "" {
		text += "\n\n" + wrap(o.spec.Description, lineWidth)
	}
	return text + "\n\nExample:\n\n" + o.example() + "\n\n" + about
}

// example is the contract's example as somebody would type it.
func (o operation) example() string {
	parts := []string{strings.TrimSpace("steward " + o.kind + " " + o.verb)}
	for _, name := range o.args() {
		parts = append(parts, o.argument(name))
	}
	line := strings.Join(parts, " ")
	parts = []string{line}
	if body := o.body(); body != nil {
		given, _ := o.spec.RequestBody.Value.Content.Get("application/json").Example.(map[string]any)
		for _, f := range fieldsOf(body, nil, o.fixed) {
			parts = append(parts, f.typed(at(given, f.path))...)
		}
	}
	return folded(parts)
}

// argument is an example of what follows the verb.
func (o operation) argument(name string) string {
	if name == "number" {
		return o.sample
	}
	if p := o.question(); p != nil && p.Name == name {
		if s := plain(p.Schema.Value); s.Example != nil {
			return fmt.Sprint(s.Example)
		}
		return "disk full"
	}
	return strings.ToUpper(name)
}

// at is what an example says at a path; nil when it says nothing there.
func at(given any, path []string) any {
	for _, name := range path {
		object, _ := given.(map[string]any)
		given = object[name]
	}
	return given
}

// typed is a flag with such a value on a command line.
func (f *option) typed(value any) (parts []string) {
	switch v := value.(type) {
	case nil:
	case bool:
		parts = append(parts, fmt.Sprintf("--%s=%t", f.name(), v))
	case []any:
		for _, one := range v {
			parts = append(parts, "--"+f.name()+" "+quoted(one))
		}
	default:
		parts = append(parts, "--"+f.name()+" "+quoted(v))
	}
	return parts
}

// quoted is a value as a shell takes it.
func quoted(value any) string {
	text, ok := value.(string)
	if !ok {
		raw, _ := json.Marshal(value) // what was read from a document can be written again
		text = string(raw)
	}
	if text != "" && !strings.ContainsAny(text, " \t\n'\"\\$`!*?[]{}();<>&|~#") {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// folded is a command line over as many lines as it takes.
func folded(parts []string) string {
	lines := []string{"  " + parts[0]}
	for _, p := range parts[1:] {
		if last := &lines[len(lines)-1]; len([]rune(*last+p)) < lineWidth {
			*last += " " + p
			continue
		}
		lines = append(lines, "    "+p)
	}
	return strings.Join(lines, " \\\n")
}

// wrap breaks text into lines; paragraphs and lists stay what they are.
func wrap(text string, width int) string {
	var out []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		line := ""
		for word := range strings.FieldsSeq(strings.ReplaceAll(paragraph, "`", "")) {
			switch {
			case line == "":
				line = word
			case len([]rune(line))+1+len([]rune(word)) > width:
				out, line = append(out, line), word
			default:
				line += " " + word
			}
		}
		out = append(out, line, "")
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

package client

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// object is a JSON object whose fields stay in the order in which the API wrote them:
// it writes what matters most first.
type object []field

type field struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

// get is the value of a field; nil when it is not there.
func (o object) get(name string) any {
	for _, f := range o {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// text is the value of a field that is a word or a number; empty when it is not there.
func (o object) text(name string) string {
	switch v := o.get(name).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// parse reads a document in order.
func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d, maxDepth)
	if err != nil {
		return nil, fmt.Errorf("the API's answer cannot be read: %w", err)
	}
	return v, nil
}

// maxDepth is how many levels an answer may have: more than Steward writes.
const maxDepth = 64

func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth == 0 {
		return nil, fmt.Errorf("it has more than %d levels", maxDepth)
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d, depth-1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := value(d, depth-1)
			if err != nil {
				return nil, err
			}
			o = append(o, field{fmt.Sprint(name), v})
		}
		_, err = d.Token()
		return o, err
	}
	return t, nil
}

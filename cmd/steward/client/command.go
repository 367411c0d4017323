package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/itsm"
)

const maxBody = 1 << 20 // bytes; the API takes no more

// Commands are the commands that the contract makes: one for each kind of record, with
// its verbs below, and one for each question that is about no kind.
func (c Contract) Commands() []*cobra.Command {
	type group struct {
		*cobra.Command
		remote *remote
	}
	var all []*cobra.Command
	groups := map[string]group{}
	for _, o := range c.operations() {
		g, known := groups[o.kind]
		if !known {
			g = group{remote: &remote{}}
			if o.verb == "" {
				g.Command = o.command(g.remote)
			} else {
				g.Command = groupOf(c.doc, o)
			}
			g.remote.flags(g.Command)
			groups[o.kind] = g
			all = append(all, g.Command)
		}
		if o.verb != "" {
			g.AddCommand(o.command(g.remote))
		}
	}
	return all
}

// groupOf is the command of a kind, which has its verbs below.
func groupOf(doc *openapi3.T, o operation) *cobra.Command {
	short := o.spec.Summary
	if len(o.spec.Tags) > 0 && singular(o.spec.Tags[0]) == o.kind {
		short = doc.Tags.Get(o.spec.Tags[0]).Description
	}
	return &cobra.Command{
		Use: o.kind, Short: strings.TrimSuffix(short, "."), Long: groupHelp(o, short),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
}

// call is one command line that asks for one operation.
type call struct {
	operation
	remote *remote
	fields []*option // of the body
	query  []*option
	file   string
	clear  []string
	key    string
	at     int // the revision that is meant; below 0: the one that is there
}

func (o operation) command(r *remote) *cobra.Command {
	c := &call{operation: o, remote: r, at: -1}
	cmd := &cobra.Command{
		Use:               strings.TrimSpace(cmp.Or(o.verb, o.kind) + " " + strings.ToUpper(strings.Join(o.args(), " "))),
		Short:             o.summary(),
		Long:              o.help(),
		Args:              c.count,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              c.run,
	}
	c.flags(cmd)
	return cmd
}

// args are what follows the verb: what the path names, and what a question of its own
// is about.
func (o operation) args() (names []string) {
	for w := range strings.SplitSeq(o.path, "/") {
		if name, is := strings.CutPrefix(w, "{"); is {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	if p := o.question(); p != nil {
		names = append(names, p.Name)
	}
	return names
}

// question is what a command without a verb is about: the one thing that it needs.
func (o operation) question() *openapi3.Parameter {
	if o.verb != "" {
		return nil
	}
	for _, p := range o.params {
		if p.Value.In == openapi3.ParameterInQuery && p.Value.Required {
			return p.Value
		}
	}
	return nil
}

func (c *call) flags(cmd *cobra.Command) {
	for _, p := range c.params {
		if p.Value.In == openapi3.ParameterInQuery && p.Value != c.question() {
			s := *plain(p.Value.Schema.Value)
			s.Description = cmp.Or(p.Value.Description, s.Description)
			c.query = append(c.query, &option{path: []string{p.Value.Name}, schema: &s, needed: p.Value.Required})
		}
	}
	body := c.body()
	if body != nil {
		c.fields = fieldsOf(body, nil, c.fixed)
	}
	f := cmd.Flags()
	f.SortFlags = false
	for _, needed := range []bool{true, false} {
		for _, flag := range slices.Concat(c.query, c.fields) {
			if flag.needed == needed {
				flag.add(cmd)
			}
		}
	}
	if len(c.fields) > 0 {
		f.StringVar(&c.file, "from-file", "", "a file with the whole as JSON, or - for standard input; flags go before it")
	}
	if names := nullable(body); len(names) > 0 {
		f.StringSliceVar(&c.clear, "clear", nil, "take away what is there: "+strings.Join(names, ", "))
		_ = cmd.RegisterFlagCompletionFunc("clear", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	}
	if c.takes(openapi3.ParameterInHeader, "If-Match") != nil {
		f.IntVar(&c.at, "revision", -1, "the revision that you read; refused if it has moved on since")
	}
	if c.takes(openapi3.ParameterInHeader, "Idempotency-Key") != nil {
		f.StringVar(&c.key, "idempotency-key", "", "the same key counts once, whenever it is sent; without it each command is its own")
	}
}

// nullable are the fields of a body that can be taken away.
func nullable(s *openapi3.Schema) (names []string) {
	if s == nil {
		return nil
	}
	for name, p := range s.Properties {
		if p.Value.Nullable {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// count sees that what the path needs is there. A question of its own may be of many words.
func (c *call) count(_ *cobra.Command, given []string) error {
	names := c.args()
	if len(given) == len(names) || (c.question() != nil && len(given) > len(names)) {
		return nil
	}
	switch len(names) {
	case 0:
		return UsageError(fmt.Sprintf("it takes no argument, not %q", given[0]))
	case 1:
		return UsageError(fmt.Sprintf("it takes one %s, not %d arguments", strings.ToUpper(names[0]), len(given)))
	default:
		return UsageError(fmt.Sprintf("it takes %s, not %d arguments", strings.ToUpper(strings.Join(names, " ")), len(given)))
	}
}

// address is where the call goes.
func (c *call) address(path string, given []string) (string, error) {
	query := url.Values{}
	for i, name := range c.args() {
		if p := c.question(); p != nil && p.Name == name {
			query.Set(name, strings.Join(given[i:], " "))
			continue
		}
		value := given[i]
		if name == "number" {
			value = strings.ToUpper(value)
			if err := itsm.Number(value).Check(); err != nil {
				return "", UsageError(itsm.AsError(err).Message)
			}
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	for _, f := range c.query {
		if f.set {
			query.Set(f.path[0], fmt.Sprint(f.value))
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, nil
}

// content is the body: what the file says, then what the flags say, then what the verb says.
func (c *call) content(cmd *cobra.Command) ([]byte, error) {
	if c.body() == nil {
		return nil, nil
	}
	body := map[string]any{}
	if c.file != "" {
		text, err := readFile(c.file, cmd.InOrStdin(), maxBody)
		if err != nil {
			return nil, UsageError("the file cannot be read: " + err.Error())
		}
		if err := json.Unmarshal(text, &body); err != nil || body == nil {
			return nil, UsageError("the file is to be one JSON object, such as " + shape(c.body()))
		}
	}
	for _, f := range c.fields {
		if f.set {
			if err := f.into(body); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range c.clear {
		body[strings.ReplaceAll(name, "-", "_")] = nil
	}
	maps.Copy(body, c.fixed)
	return json.Marshal(body)
}

func (c *call) run(cmd *cobra.Command, given []string) error {
	path, err := c.address(c.path, given)
	if err != nil {
		return err
	}
	body, err := c.content(cmd)
	if err != nil {
		return err
	}
	at, err := c.remote.asker(cmd)
	if err != nil {
		return err
	}
	q := request{method: c.method, path: path, body: body}
	if c.method != http.MethodGet {
		q.key = cmp.Or(c.key, rand.Text())
	}
	if q.revision, err = c.revision(cmd.Context(), at, path); err != nil {
		return c.told(err)
	}
	answer, err := at.ask(cmd.Context(), q)
	if err != nil {
		return c.told(err)
	}
	if c.remote.asJSON || answer.raw {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(string(answer.body)))
		return err
	}
	return c.show(cmd.Context(), newPrinter(cmd.OutOrStdout()), at, given, answer.body)
}

// revision is what the call is meant for, where the API wants to know: the one that is
// said, or the one that is there.
func (c *call) revision(ctx context.Context, at *asker, path string) (string, error) {
	if c.takes(openapi3.ParameterInHeader, "If-Match") == nil {
		return "", nil
	}
	if c.at >= 0 {
		return fmt.Sprintf("%q", fmt.Sprint(c.at)), nil
	}
	there, err := at.ask(ctx, request{method: http.MethodGet, path: path})
	return there.etag, err
}

// show shows an answer to a person. A record is shown below why it stands where it does.
func (c *call) show(ctx context.Context, p *printer, at *asker, given []string, text []byte) error {
	if err := p.document(text, c.answer()); err != nil || c.why == nil {
		return err
	}
	path, err := c.address(c.path+"/explain", given)
	if err != nil {
		return err
	}
	why, err := at.ask(ctx, request{method: http.MethodGet, path: path})
	if err != nil {
		return c.told(err)
	}
	return p.standing(why.body, c.why)
}

// told is a refusal in the words of the command line: a field is named by its flag.
func (c *call) told(err error) error {
	e, ok := errors.AsType[*itsm.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	told := *e
	for _, f := range e.Fields {
		at, known := c.flagOf(f.Pointer)
		if known || len(e.Fields) > 1 { // else it is in the sentence
			told.Message += "\n  " + at + " " + f.Message
		}
	}
	return &told
}

// flagOf is the flag behind a pointer, or the pointer when there is none.
func (c *call) flagOf(pointer string) (name string, known bool) {
	path := strings.TrimPrefix(strings.TrimPrefix(pointer, "/query"), "/")
	for _, f := range slices.Concat(c.query, c.fields) {
		if under := strings.Join(f.path, "/"); path == under || strings.HasPrefix(path, under+"/") {
			return "--" + f.name(), true
		}
	}
	return pointer, false
}

package api

import (
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/itsm"
)

//go:embed openapi.yaml
var document []byte

// Document is openapi.yaml, for whoever asks this door by it.
func Document() []byte { return slices.Clone(document) }

// contract is openapi.yaml, ready to hold requests against.
type contract struct {
	operations map[string]*openapi3.Operation // by method and route
}

// readContract reads the document, once: it is long, and the same for every door.
var readContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("api: openapi.yaml: %w", err)
	}
	k := &contract{operations: map[string]*openapi3.Operation{}}
	asGin := strings.NewReplacer("{", ":", "}", "")
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			k.operations[method+" "+asGin.Replace(path)] = op
		}
	}
	return k, nil
})

// of is the operation that a request asks for.
func (k *contract) of(c *gin.Context) *openapi3.Operation {
	return k.operations[c.Request.Method+" "+c.FullPath()]
}

// check holds the request against the document.
func (d *door) check(c *gin.Context) {
	op := d.contract.of(c)
	err := checkRequest(c, op)
	if err == nil {
		return
	}
	if faulty(op, err) {
		if n, ok := c.Params.Get("number"); ok {
			if unseen := d.unseen(c, op, itsm.Number(n)); unseen != nil {
				d.refuse(c, unseen)
				return
			}
		} else if may := caller(c.Request.Context()).May(permission(op)); may != nil {
			err = may
		}
	}
	d.refuseHere(c, err)
}

// unseen is how the desk refuses a caller to whom a record is not there, of the kind
// that an operation is about; nil when they may see it.
func (d *door) unseen(c *gin.Context, op *openapi3.Operation, n itsm.Number) (err error) {
	ctx, who := asked(c)
	switch {
	case slices.Contains(op.Tags, "incidents"):
		_, err = d.desk.Incident(ctx, who, n)
	case slices.Contains(op.Tags, "problems"):
		_, err = d.desk.Problem(ctx, who, n)
	case slices.Contains(op.Tags, "corrective actions"):
		_, err = d.desk.CorrectiveAction(ctx, who, n)
	case slices.Contains(op.Tags, "suppliers"), slices.Contains(op.Tags, "supplier reviews"): // who sees one sees the others
		_, err = d.desk.Supplier(ctx, who, n)
	case slices.Contains(op.Tags, "contracts"):
		_, err = d.desk.Contract(ctx, who, n)
	default:
		_, err = d.desk.Change(ctx, who, n)
	}
	return err
}

// permission is what an operation takes, as the document says.
func permission(op *openapi3.Operation) itsm.Permission {
	p, _ := op.Extensions["x-steward-permission"].(string)
	return itsm.Permission(p)
}

// faulty tells the refusals that the rules would make of a body too. They come
// after the question whether the caller may see the record, or raise one: what is
// wrong with a body is nothing to whoever may not send it, here as in Slack.
func faulty(op *openapi3.Operation, err error) bool {
	if op.RequestBody == nil {
		return false
	}
	code, _ := refusalOf(op.RequestBody.Value.Content.Get("application/json").Schema.Value)
	return code != "" && itsm.AsError(err).Code == code
}

func checkRequest(c *gin.Context, op *openapi3.Operation) error {
	if n, ok := c.Params.Get("number"); ok {
		if err := itsm.Number(n).Check(); err != nil {
			return err
		}
	}
	if err := checkQuery(c.Request, op); err != nil {
		return err
	}
	if err := checkRevision(c, op); err != nil {
		return err
	}
	return checkBody(c.Request, op)
}

// unbound answers what passed the document and still is not what the code
// generated from it can read.
func (d *door) unbound(c *gin.Context, err error) {
	if isTooLarge(err) {
		d.refuse(c, tooLarge())
		return
	}
	d.refuse(c, itsm.Refuse(itsm.Invalid, "request.invalid", "This request cannot be taken as it is."))
}

func checkQuery(r *http.Request, op *openapi3.Operation) error {
	given, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	var f faults
	for name, values := range given {
		switch {
		case op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil:
			f.add("/query/"+escape(name), "is not a parameter of this request")
		case len(values) > 1:
			f.add("/query/"+escape(name), "is given more than once")
		}
	}
	if len(f) > 0 {
		return f.refuse("request.invalid", "This request")
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, QueryParams: given,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	for _, p := range op.Parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			f.parameter(p.Value, openapi3filter.ValidateParameter(r.Context(), in, p.Value))
		}
	}
	return f.refuse("request.invalid", "This request")
}

func checkBody(r *http.Request, op *openapi3.Operation) error {
	if op.RequestBody == nil {
		return checkNoBody(r)
	}
	if err := checkMediaType(r.Header, op.RequestBody.Value.Content); err != nil {
		return err
	}
	raw, err := body(r)
	if err != nil {
		return err
	}
	value, err := decode(raw)
	if err != nil {
		return err
	}
	schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
	var f faults
	f.schema("", schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(), realInstants))
	code, what := refusalOf(schema)
	if err := f.refuse(code, what); err != nil {
		return err
	}
	restore(r, raw)
	return nil
}

// realInstants refuses the thirtieth of February, which has the form of an instant,
// and the last hours of the year 9999 west of Greenwich, which nobody can write in
// UTC: kept, it would break every list that it is on.
var realInstants = openapi3.WithStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(s string) error {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return err
	}
	_, err = t.UTC().MarshalText()
	return err
}))

// refusalOf is how the rules refuse such a body, so that a fault which the
// document knows already is refused here as it would be there.
func refusalOf(schema *openapi3.Schema) (code, what string) {
	x, _ := schema.Extensions["x-steward-refusal"].(map[string]any)
	code, _ = x["code"].(string)
	what, _ = x["what"].(string)
	return code, what
}

package page

import (
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// change is the page of one change.
type change struct {
	*record

	Change itsm.Change
}

// lookAtChange reads a change.
func (d *Door) lookAtChange(v visit, r *record) (err error) {
	c := &change{record: r}
	if c.Change, err = d.desk.Change(v.Request.Context(), v.who, r.Number); err != nil {
		return err
	}
	r.of, r.template = c, "change"
	r.Title, r.Revision, r.ContentHash, r.service = c.Change.Title, c.Change.Revision, c.Change.ContentHash, c.Change.Service
	r.Book, err = d.book(v)
	return err
}

// suits is always so: whoever can do an act on a change is offered it.
func (*change) suits(act) bool { return true }

// offered is nothing: all forms of a change stand where those of every record do.
func (*change) offered() {}

// choose adds a field, with the people whom it may name.
func (r *change) choose(o *offer, f field) {
	switch f.Kind {
	case "for":
		r.chooseFor(o, f)
		return
	case "from":
		if f.Options = r.others(); len(f.Options) < 2 {
			return
		}
		f.Kind = "choice"
	case "deciders":
		f.Kind, f.Options = "choice", able(r.Book, itsm.DecideChanges, r.deputy)
	case "doers":
		f.Kind, f.Options = "choice", able(r.Book, itsm.ImplementChanges, func(id itsm.PersonID) bool { return id != r.Change.Assignee })
	}
	o.Fields = append(o.Fields, f)
}

// chooseFor asks for whom somebody decides who may do so for others only.
func (r *change) chooseFor(o *offer, f field) {
	principals := r.Change.PrincipalsOf(r.Me)
	switch len(principals) {
	case 0:
		return
	case 1:
		f.Kind, f.Value, f.Required = "hidden", string(principals[0]), false
		o.Intro = "You decide for " + r.Name(principals[0]) + ". " + o.Intro
	default:
		f.Kind, f.Options = "choice", []option{nobodyYet}
		for _, id := range principals {
			f.Options = append(f.Options, option{Value: string(id), Words: r.Name(id)})
		}
	}
	o.Fields = append(o.Fields, f)
}

// others are those whose say a change manager may hand on, themselves first.
func (r *change) others() (all []option) {
	me, _ := r.Person(r.Me)
	if !slices.Contains(me.Roles, itsm.ChangeManager) {
		return nil
	}
	all = []option{{Value: string(r.Me), Words: "my own"}}
	for _, id := range r.Explanation.WaitsFor {
		if id != r.Me {
			all = append(all, option{Value: string(id), Words: r.Name(id)})
		}
	}
	return all
}

func (r *change) delegated() bool {
	return slices.ContainsFunc(r.Change.Approval.Delegations, func(d itsm.Delegation) bool { return d.From == r.Me })
}

// deputy reports whether somebody could decide for another: whoever decides anyway
// counts once, and cannot. Oneself takes a delegation back.
func (r *change) deputy(id itsm.PersonID) bool {
	if id == r.Me {
		return r.delegated()
	}
	named := r.Explanation.Approval != nil && slices.ContainsFunc(r.Explanation.Approval.Factors, func(f itsm.FactorProgress) bool {
		return slices.Contains(f.Waiting, id) || slices.Contains(f.Approved, id)
	})
	return id != r.Change.Requester && !named
}

// Dimensions are the marks of the change's risk.
func (r *change) Dimensions() (all []dimension) {
	if r.Change.Risk == nil {
		return nil
	}
	for _, d := range itsm.RiskDimensions {
		one, five := d.Ends()
		all = append(all, dimension{d.Words(), r.Change.Risk.Of(d), one, five})
	}
	return all
}

type dimension struct {
	Words     string
	Mark      int
	One, Five string
}

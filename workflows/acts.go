package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// deed is one thing that people can do to a record, as an update: a rule that
// allows it, and what does it.
type deed struct {
	act         itsm.Act
	description string
	check       func(workflow.Context, *process, wire.Act) error
	handle      func(workflow.Context, *process, wire.Act) (itsm.Receipt, error)
}

// listen opens every update before the first wait. A validator is the rule itself;
// a handler changes the record before it yields, so that two acts in one workflow
// task cannot both pass.
func (p *process) listen(ctx workflow.Context) error {
	for _, d := range p.of.deeds() {
		handle := func(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
			if r, again := p.answered(ctx); again {
				return r, nil
			}
			p.pressed(ctx)
			r, err := d.handle(ctx, p, act)
			if err == nil {
				p.keepAnswer(ctx, r)
			}
			return r, err
		}
		check := func(ctx workflow.Context, act wire.Act) error {
			if _, again := p.answered(ctx); again {
				return nil
			}
			if err := p.makeRoom(); err != nil {
				return err
			}
			return d.check(ctx, p, act)
		}
		options := workflow.UpdateHandlerOptions{Validator: check, Description: d.description}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(d.act), handle, options); err != nil {
			return err
		}
	}
	return nil
}

// on is a deed that a rule of package itsm allows and that makes one event happen,
// or none: an event of no kind is not saved, and only what it left is shown.
func on[T any](act itsm.Act, description string,
	rule func(itsm.Actor, T, time.Time) error, do func(itsm.Actor, T, time.Time) itsm.Event,
) deed {
	return opened(act, description+" Only through Slack or the API: the desk signs it.",
		func(ctx workflow.Context, _ *process, who itsm.Actor, body T) error {
			return rule(who, body, workflow.Now(ctx))
		},
		func(ctx workflow.Context, p *process, who itsm.Actor, body T) (itsm.Receipt, error) {
			return p.answer(ctx, who, do(who, body, workflow.Now(ctx)))
		})
}

// raises is the deed that a process is started for: it takes up what was asked for,
// and says how that is called. It answers when the process says so: see answerRaise.
func raises[T any](act itsm.Act, description string,
	rule func(itsm.Actor, T, time.Time) error, do func(itsm.Actor, T, time.Time) itsm.Event,
) deed {
	return opened(act, description+" Comes with the start; the desk signs it.",
		func(ctx workflow.Context, p *process, who itsm.Actor, body T) error {
			if p.arrived() {
				return itsm.Refuse(itsm.Conflict, "record.exists", "%s exists already.", p.of.Receipt().Number)
			}
			return rule(who, body, workflow.Now(ctx))
		},
		func(ctx workflow.Context, p *process, who itsm.Actor, body T) (itsm.Receipt, error) {
			raised := p.filed(ctx, who, do(who, body, workflow.Now(ctx)))
			raised.Revision = 1
			p.raised, p.by = raised, origin(ctx, who)
			err := workflow.Await(ctx, p.raiseAnswered)
			return p.first, err
		})
}

// comments is the deed of saying something. It raises no revision and shows nothing
// anew, unless what was said made something happen: say returns that too, and
// otherwise an event of no kind.
func comments(act itsm.Act, activity any, rule func(itsm.Actor, itsm.CommentRequest, itsm.Talk) error,
	say func(itsm.Actor, itsm.CommentRequest, *itsm.Talk, time.Time) (itsm.Comment, itsm.Event),
) deed {
	return opened(act, "Say or ask something about it. Only through Slack or the API: the desk signs it.",
		func(_ workflow.Context, p *process, who itsm.Actor, r itsm.CommentRequest) error {
			return rule(who, r, p.talk)
		},
		func(ctx workflow.Context, p *process, who itsm.Actor, r itsm.CommentRequest) (itsm.Receipt, error) {
			said, e := say(who, r, &p.talk, workflow.Now(ctx))
			saved := p.save(ctx, "a "+string(said.Kind), activity, activities.Commenting{Comment: said, Origin: origin(ctx, who)})
			left := p.of.Receipt()
			if e.Kind != "" {
				var err error
				if left, err = p.answer(ctx, who, e); err != nil {
					return left, err
				}
			}
			return left, saved.Get(ctx, nil)
		})
}

// opened is a deed whose act is opened for its rule, and for what does it.
func opened[T any](act itsm.Act, description string,
	rule func(workflow.Context, *process, itsm.Actor, T) error,
	do func(workflow.Context, *process, itsm.Actor, T) (itsm.Receipt, error),
) deed {
	check := func(ctx workflow.Context, p *process, act wire.Act) error {
		who, body, err := wire.Open[T](act)
		if err != nil {
			return err
		}
		return rule(ctx, p, who, body)
	}
	handle := func(ctx workflow.Context, p *process, act wire.Act) (itsm.Receipt, error) {
		who, body, err := wire.Open[T](act)
		if err != nil {
			return p.of.Receipt(), err
		}
		return do(ctx, p, who, body)
	}
	return deed{act, description, check, handle}
}

// untimed is a rule that holds whatever the time.
func untimed[T any](rule func(itsm.Actor, T) error) func(itsm.Actor, T, time.Time) error {
	return func(who itsm.Actor, body T, _ time.Time) error { return rule(who, body) }
}

// bare is a rule about who alone.
func bare(rule func(itsm.Actor) error) func(itsm.Actor, struct{}, time.Time) error {
	return func(who itsm.Actor, _ struct{}, _ time.Time) error { return rule(who) }
}

// answer saves what a person made happen and answers with the record as that left
// it: while the save is under way, the process moves on.
func (p *process) answer(ctx workflow.Context, who itsm.Actor, e itsm.Event) (itsm.Receipt, error) {
	if e.Kind == "" {
		p.show(ctx)
		return p.of.Receipt(), nil
	}
	saved := p.happened(ctx, who, e)
	left := p.of.Receipt()
	if left.State == e.From { // else the step that is waiting shows it, once it has moved on
		p.show(ctx)
	}
	return left, saved.Get(ctx, nil)
}

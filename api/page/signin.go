package page

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// visit is one request of somebody who is signed in.
type visit struct {
	*gin.Context
	who     desk.Caller
	session session
	form    form // of a POST
}

// entrance is the page on which people sign in.
type entrance struct {
	Next  string // where they were going
	Typed string // what they had typed when their session ended
}

// inside is every address that a sign-in may lead to: pages of ours, and nothing
// else that somebody may have put into a link.
var inside = regexp.MustCompile(`^/(changes|incidents|problems|corrective-actions|suppliers|search)?$|` +
	`^/(changes|incidents|problems|corrective-actions|suppliers|contracts)/[A-Z]{3}-[1-9][0-9]{0,9}(/(edit|assess|rca|workaround|plan))?$|` +
	`^/suppliers/SUP-[1-9][0-9]{0,9}/reviews/[0-9]{4}(-[0-9HQ]{2})?$|` +
	`^/(incidents|problems|corrective-actions|suppliers|contracts)/new$|^/known-errors$|` +
	`^/incidents\?(service|team|mine)=[A-Za-z0-9_.-]{0,64}(&(service|team|mine)=[A-Za-z0-9_.-]{0,64}){0,2}$`)

// home is the first page.
const home = "/"

// To is the record that they were going to; empty: to none.
func (e entrance) To() string { return string(recordIn.Find([]byte(e.Next))) }

var recordIn = regexp.MustCompile(`[A-Z]{3}-[0-9]+`)

func within(address string) string {
	if inside.MatchString(address) {
		return address
	}
	return home
}

// asked is an address with what it was asked for, where a sign-in may lead to that.
func asked(address, query string) string {
	if whole := address + "?" + query; inside.MatchString(whole) {
		return whole
	}
	return address
}

// signedIn lets those through who are signed in, asking the desk about their token
// each time, and shows the others where to sign in.
func (d *Door) signedIn(action string, next func(visit)) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visit{Context: c, who: desk.Caller{Actor: itsm.Actor{Door: itsm.DoorAPI}, Source: c.ClientIP()}}
		var signed bool
		if v.session, signed = d.session(c); !signed {
			d.askToSignIn(v, action, itsm.Refuse(itsm.Unauthenticated, "session.none", "Sign in to go on."))
			return
		}
		holder, err := d.desk.TokenActor(c.Request.Context(), v.session.Token, v.who.Source)
		if err != nil && itsm.AsError(err).Kind == itsm.Unauthenticated {
			d.dropCookie(c, sessionCookie)
			d.askToSignIn(v, action, err)
			return
		}
		if err != nil {
			d.refuse(v, action, err)
			return
		}
		v.who.Actor = holder
		if c.Request.Method == http.MethodPost {
			if v.form, err = d.ownForm(v); err != nil {
				d.refuse(v, action, err)
				return
			}
		}
		next(v)
	}
}

// ownForm reads the form that somebody sent from a page of their session.
func (d *Door) ownForm(v visit) (form, error) {
	if err := d.checkOrigin(v.Request); err != nil {
		return nil, err
	}
	f, err := readForm(v.Writer, v.Request, formBound(v.Request.URL.Path))
	if err != nil {
		return nil, err
	}
	return f, v.session.checkForm(f["csrf"])
}

// askToSignIn shows where to sign in, in the place of what was asked for.
func (d *Door) askToSignIn(v visit, action string, err error) {
	d.desk.Refused(v.Request.Context(), v.who, action, err)
	to := strings.TrimSuffix(v.Request.URL.Path, "/"+v.Param("act"))
	e := entrance{Next: within(asked(to, v.Request.URL.RawQuery))}
	if v.Request.Method == http.MethodPost {
		err = itsm.Refuse(itsm.Unauthenticated, itsm.AsError(err).Code, "Your session has ended, so nothing was done. Sign in, then do it again.")
		if f, formErr := readForm(v.Writer, v.Request, smallForm); formErr == nil && d.checkOrigin(v.Request) == nil {
			e.Typed = f.typed()
		}
	}
	d.showEntrance(v.Context, err, e)
}

func (d *Door) showEntrance(c *gin.Context, err error, e entrance) {
	f := frame{Title: "Sign in", Main: "signin", Body: e}
	status := http.StatusOK
	if err != nil {
		refused := refusal(err)
		status = statusOf(refused)
		if refused.Code != "session.none" || e.Typed != "" {
			f.Alert = alertOf(c, refused)
			f.Alert.Typed = e.Typed
		}
		mark(c, refused)
	}
	d.show(c, status, f)
}

func (d *Door) showSignIn(c *gin.Context) {
	if _, signed := d.session(c); signed {
		leadTo(c, home)
		return
	}
	d.showEntrance(c, nil, entrance{Next: within(c.Query("next"))})
}

// signIn takes a token and begins a session.
func (d *Door) signIn(c *gin.Context) {
	who := desk.Caller{Actor: itsm.Actor{Door: itsm.DoorAPI}, Source: c.ClientIP()}
	next, err := home, d.checkOrigin(c.Request)
	var f form
	if err == nil {
		f, err = readForm(c.Writer, c.Request, smallForm)
	}
	if err == nil {
		next = within(f["next"])
		token := strings.TrimSpace(f["token"])
		if _, err = d.desk.TokenActor(c.Request.Context(), token, who.Source); err == nil {
			err = d.openSession(c, token)
		}
	}
	if err != nil {
		d.note(c, who, "session.open", err)
		d.showEntrance(c, err, entrance{Next: next})
		return
	}
	leadTo(c, next)
}

// signOut ends a session. Whoever is not signed in is so already.
func (d *Door) signOut(c *gin.Context) {
	v := visit{Context: c, who: desk.Caller{Actor: itsm.Actor{Door: itsm.DoorAPI}, Source: c.ClientIP()}}
	var signed bool
	if v.session, signed = d.session(c); signed {
		if _, err := d.ownForm(v); err != nil {
			d.refuse(v, "session.close", err)
			return
		}
		d.dropCookie(c, sessionCookie)
	}
	leadTo(c, "/signin")
}

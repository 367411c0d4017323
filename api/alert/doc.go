// Package alert reads what monitoring sends: Alertmanager's webhook and PagerDuty's
// Events API v2, each as its sender documents it. It bounds and translates; what an
// alert means for a service is the catalog's to say, and what comes of it the desk's.
package alert

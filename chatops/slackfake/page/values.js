// What a person entered, by view or message and by element. It outlives an update that
// leaves block_id, action_id and type as they were, as in Slack; the workspace keeps the
// same, up to the last act, as the state of the view.
export const slot = (b, e) => `${b.block_id}/${e.action_id}`;

const entered = new Map(); // id of the view, slot: {type, value}

export function elements(blocks) {
  const out = new Map();
  for (const b of blocks ?? []) {
    for (const e of [b.element, b.accessory, ...(b.elements ?? [])]) if (e?.action_id) out.set(slot(b, e), e);
  }
  return out;
}

export function valuesOf(id, blocks, state) {
  if (!entered.has(id)) entered.set(id, new Map());
  const mine = entered.get(id);
  const now = elements(blocks);
  for (const [key, { type, value }] of mine) {
    if (now.get(key)?.type !== type || !offers(now.get(key), value)) mine.delete(key);
  }
  return {
    get: (b, e) => mine.get(slot(b, e))?.value ?? written(state?.[b.block_id]?.[e.action_id]),
    set: (b, e, value) => mine.set(slot(b, e), { type: e.type, value }),
    all: () => Object.fromEntries([...mine].map(([key, { value }]) => [key, value])),
  };
}

// offers tells whether what was chosen can still be chosen.
function offers(e, value) {
  if (!e.options && !e.option_groups) return true;
  const all = [...(e.options ?? []), ...(e.option_groups ?? []).flatMap((g) => g.options)].map((o) => o.value);
  return lines(value).every((v) => all.includes(v));
}

export const lines = (value) => String(value ?? "").split("\n").filter((v) => v !== "");

// written is what an element holds, in the words of a form; several values are lines.
function written(held) {
  if (!held) return undefined;
  const [value] = Object.entries(held).filter(([key]) => key !== "type").map(([, v]) => v);
  if (Array.isArray(value)) return value.map((v) => v.value ?? v).join("\n");
  return String(value?.value ?? value ?? "");
}

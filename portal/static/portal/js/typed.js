// What somebody typed and did not send yet survives a change of language, the back button, a log-in and a fault: it is kept
// in this window (sessionStorage), by person and form, and put back when the form is shown again.
//
// Never kept: passwords and whatever stands beside one, tokens, files. It goes when the form was taken, when it is
// discarded, at log-out, when somebody else logs in, and with the window. A room keeps its own (room.js).

const KEPT = "typed:";
const SENT = "typed-sent";
const OTHERS_KEEP = "room:";
const LONGEST = 12 * 3600 * 1000;
const PAUSE = 300;

const user = document.body.dataset.user;
const store = storage();
// Somebody logged out, here or in another window.
let isOver = false;
const others = "BroadcastChannel" in window ? new BroadcastChannel("typed") : null;

/** The window's storage, or null where a browser has none. */
function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
  } catch {
    // It is full: what is typed stays in this page only.
  }
}

function read(key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

/** Where a form goes, whatever the language: the page in another language has the same form. */
function placeOf(form) {
  const path = new URL(form.getAttribute("action") || location.href, location.href).pathname;
  return path.replace(/^\/[a-z]{2,3}(-[a-z]+)?\//, "/");
}

/** By person and form. */
const keyOf = (form) => `${KEPT}${user}:${placeOf(form)}`;

function isKept(form) {
  return (
    form.method === "post" &&
    !form.closest("room-stream, [data-nothing-taken]") &&
    !form.querySelector("[type=password]") &&
    controls(form).some((control) => control.matches("textarea, input:not([type=hidden], [type=radio], [type=checkbox])"))
  );
}

/** What a person fills in, and the version of the text it was filled in for. */
function controls(form) {
  return [...form.elements].filter(
    (control) =>
      control.name &&
      control.matches("input, select, textarea") &&
      (control.type !== "hidden" || "version" in control.dataset) &&
      !["file", "password", "submit", "button"].includes(control.type),
  );
}

const isTick = (control) => control.type === "checkbox" || control.type === "radio";

/** {name: [values]}: of boxes and lists what is chosen. */
function valuesOf(form) {
  const values = {};
  for (const control of controls(form)) {
    const list = (values[control.name] ??= []);
    if (isTick(control)) list.push(...(control.checked ? [control.value] : []));
    else if (control.options) list.push(...[...control.selectedOptions].map((option) => option.value));
    else list.push(control.value);
  }
  return values;
}

function putBack(form, values) {
  const taken = {};
  for (const control of controls(form)) {
    const list = values[control.name];
    if (!list) continue;
    if (isTick(control)) control.checked = list.includes(control.value);
    else if (control.options) for (const option of control.options) option.selected = list.includes(option.value);
    else {
      const position = (taken[control.name] = (taken[control.name] ?? -1) + 1);
      if (position < list.length) control.value = list[position];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Keep what stands in the form now; nothing when that is what the portal itself put there. */
function keep(form) {
  clearTimeout(form.keeping);
  form.keeping = null;
  if (isOver) return;
  const values = valuesOf(form);
  if (same(values, form.asSent)) store.removeItem(keyOf(form));
  else write(keyOf(form), { values, at: Date.now() });
}

function keepSoon(form) {
  clearTimeout(form.keeping);
  form.keeping = setTimeout(() => keep(form), PAUSE);
}

function forget(isToGo) {
  for (const key of Object.keys(store)) if (isToGo(key)) store.removeItem(key);
}

function end() {
  isOver = true;
  forget(isOurs);
}

const isOurs = (key) => key.startsWith(KEPT) || key.startsWith(OTHERS_KEEP);

/** The form that was sent before this page: was it taken? Then there is nothing left to keep of it. */
function settle() {
  const sent = read(SENT);
  store.removeItem(SENT);
  if (!sent) return "";
  const way = performance.getEntriesByType("navigation")[0];
  // What is taken is answered by a redirect; what is refused, by a page that says so.
  const isTaken =
    way?.type === "navigate" &&
    way.redirectCount > 0 &&
    !document.querySelector("[data-nothing-taken], .form-errors, .flash .alert--late");
  if (isTaken) store.removeItem(sent);
  return isTaken ? "" : sent;
}

function say(form) {
  const note = document.getElementById("typed-words").content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => {
    form.reset();
    note.remove();
    keep(form);
    for (const control of controls(form)) control.dispatchEvent(new Event("input", { bubbles: true }));
    controls(form).find((control) => control.type !== "hidden")?.focus();
  });
  form.prepend(note);
}

function take(form, refused) {
  const key = keyOf(form);
  form.asSent = valuesOf(form);
  const kept = read(key);
  const problem = ".form-errors, [autofocus].alert--late";
  if (form.querySelector(problem) || (key === refused && document.querySelector(problem))) {
    // The page holds what was typed, and it is saved nowhere else.
    form.asSent = null;
    keep(form);
  } else if (kept && Date.now() - kept.at < LONGEST && !same(kept.values, form.asSent)) {
    putBack(form, kept.values);
    say(form);
  } else {
    store.removeItem(key);
  }
  form.addEventListener("input", () => keepSoon(form));
  form.addEventListener("change", () => keepSoon(form));
  addEventListener("pagehide", () => form.keeping && keep(form));
}

if (store) {
  const refused = settle();
  if (user) {
    forget((key) => isOurs(key) && key.split(":")[1] !== user);
    [...document.querySelectorAll("main form")].filter(isKept).forEach((form) => take(form, refused));
  }
  document.addEventListener("submit", ({ target: form, defaultPrevented }) => {
    if (defaultPrevented || form.method !== "post") return;
    const place = placeOf(form);
    if (place.endsWith("/accounts/logout/")) {
      end();
      others?.postMessage("logged out");
    } else if (user) {
      if (form.keeping) keep(form);
      write(SENT, keyOf(form));
    } else if (refused.endsWith(`:${place}`)) {
      // Sent again from a page that does not know who is there.
      write(SENT, refused);
    }
  });
  others?.addEventListener("message", end);
}

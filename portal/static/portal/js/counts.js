// Counts along in every text with a limit. Nothing is cut off: what is too long is told, here while typing, and by the server.
//
// The limit is the server's (data-limit), and so is the way to count: letters composed, line ends as one, blank ends left out.

// Of the limit, from which on a control of one line shows how full it is. A larger box shows it from the first letter.
const NEARLY_FULL = 0.8;
// Browsers have no Montenegrin.
const LOCALES = { cnr: "sr-Latn-ME" };

const words = document.getElementById("count-words");
const language = document.documentElement.lang;
const inDigits = new Intl.NumberFormat(LOCALES[language] ?? language);

function line(field) {
  if (!field.countedBy) {
    const shown = words.content.querySelector(".field__count").cloneNode(true);
    shown.id = `${field.id}_count`;
    field.after(shown);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? `${described} ${shown.id}` : shown.id);
    field.countedBy = shown;
  }
  return field.countedBy;
}

function count(field) {
  const limit = Number(field.dataset.limit);
  const length = [...field.value.normalize("NFC").trim()].length;
  const isShown = length > limit * (field.matches("textarea") ? 0 : NEARLY_FULL);
  if (!isShown && !field.countedBy) return;
  const shown = line(field);
  const isOver = length > limit;
  const text = isOver ? words.dataset.over : words.dataset.within;
  shown.hidden = !isShown;
  shown.classList.toggle("field__count--over", isOver);
  shown.querySelector("span").textContent = text
    .replace("{count}", inDigits.format(length))
    .replace("{limit}", inDigits.format(limit));
  tell(field, shown, isOver);
}

/** Say it aloud when it stops or begins to fit, once the typing pauses; not at every letter. */
function tell(field, shown, isOver) {
  if (Boolean(field.isOver) === isOver) return;
  field.isOver = isOver;
  clearTimeout(field.telling);
  field.telling = setTimeout(() => {
    status.textContent = shown.textContent;
  }, 800);
}

const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
if (words) {
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  document.addEventListener("input", (event) => event.target.dataset?.limit && count(event.target));
  document.querySelectorAll("main [data-limit]").forEach(count);
}

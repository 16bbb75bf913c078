// A room that stays up to date. The page works without this: it is enhanced, not made, here.
//
// The row in the database is the record. What is written gets a number of its own (client_id) before it is sent, and is
// sent again with the same number until the server says that it stands; what came while the connection was away is asked
// for by the last number shown. What a message looks like, links and all, is the server's to say: it sends the markup.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20000;
// Reading is told now and then, and when the window is left: a thousand readers must not write at every message.
const TELL_READ_EVERY = 10000;
// A connection can die without a word (a laptop asleep, a phone between networks): ask now and then, and expect an answer.
const PULSE_EVERY = 25000;
const PULSE_PATIENCE = 10000;
// Close codes of network/rooms/frames.py after which coming back would not help.
const FINAL = { 4403: "denied", 4429: "too_many_sockets" };
// Reasons that pass by themselves; any other needs the person.
const PASSING = new Set(["too_many", "failed"]);
// Browsers have no Montenegrin.
const LOCALES = { cnr: "sr-Latn-ME" };

const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16),
  );

/** `text` in paragraphs and lines, until the server has taken it and says how it looks. */
function paragraphs(text) {
  return text.split(/\n{2,}/).map((part) => {
    const paragraph = document.createElement("p");
    const lines = part.split("\n").flatMap((line) => [document.createElement("br"), line]);
    paragraph.append(...lines.slice(1));
    return paragraph;
  });
}

class RoomStream extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(document.getElementById("room-words").textContent);
    this.log = this.querySelector(".messages");
    this.state = this.querySelector("[data-connection]");
    this.form = this.querySelector("form.compose");
    this.field = this.form.querySelector("textarea");
    this.lastSeq = Number(this.dataset.lastSeq);
    // The server counted what the page itself showed.
    this.seen = this.told = this.lastSeq;
    this.user = Number(this.dataset.user);
    this.waits = 0;
    this.waiting = [];
    this.kept = `room:${this.user}:${this.dataset.room}`;
    const language = document.documentElement.lang;
    const locale = LOCALES[language] ?? language;
    const timeZone = this.dataset.timeZone;
    this.asDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone });
    this.asNumber = new Intl.NumberFormat(locale);
    this.asTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });

    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("input", () => this.keep());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    document.addEventListener("visibilitychange", () => {
      this.markRead();
      if (document.visibilityState === "hidden") this.tellRead();
    });
    addEventListener("online", () => this.connectNow());
    addEventListener("offline", () => this.drop());
    setInterval(() => this.greeted && this.pulse(), PULSE_EVERY);

    this.restore();
    if (!location.hash) this.showNewest(this.querySelector(".form-errors") ?? this.querySelector("#unread") ?? this.form);
    this.connect();
  }

  // The connection

  connect() {
    clearTimeout(this.timer);
    this.say(this.waits ? "waiting" : "connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/ws/rooms/${this.dataset.room}/`);
    const mine = this.socket;
    mine.onopen = () => this.send({ type: "hello", last_seq: this.lastSeq });
    mine.onmessage = (event) => mine === this.socket && this.hear(JSON.parse(event.data));
    mine.onclose = (event) => mine === this.socket && this.lost(event.code);
  }

  connectNow() {
    if (!this.socket && !this.isFinal) this.connect();
  }

  pulse() {
    const mine = this.socket;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => mine === this.socket && this.drop(), PULSE_PATIENCE);
    this.send({ type: "hello", last_seq: this.lastSeq });
  }

  /** Give the connection up without waiting for the other side to agree. */
  drop() {
    const old = this.socket;
    if (!old) return;
    this.lost(1006);
    old.close();
  }

  lost(code) {
    this.socket = null;
    this.greeted = false;
    clearTimeout(this.patience);
    this.isFinal = code in FINAL;
    // What was refused waits for the person, not for the connection.
    this.unrefused().forEach((message) => this.showState(message, "not_sent_yet"));
    if (this.isFinal) {
      this.say(FINAL[code]);
      return;
    }
    this.say("waiting");
    // Longer each time, and not all browsers at once when a server comes back.
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.waits) * (0.5 + Math.random());
    this.waits = Math.min(this.waits + 1, 10);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  say(word) {
    if (this.state.dataset.connection === word) return;
    this.state.dataset.connection = word;
    this.state.textContent = this.words[word];
  }

  hear(frame) {
    clearTimeout(this.patience);
    if (frame.type === "welcome") this.welcome(frame);
    else if (frame.type === "messages") this.receive(frame.messages);
    else if (frame.type === "posted") this.settle(frame.client_id);
    else if (frame.type === "error") this.refused(frame);
  }

  welcome(frame) {
    this.waits = 0;
    this.greeted = this.wasGreeted = true;
    // Less than was shown: the server's database is an older copy. Begin again from what there is.
    if (frame.last_seq < this.lastSeq) {
      location.reload();
      return;
    }
    this.say("connected");
    this.unrefused().forEach((message) => this.dispatch(message));
    this.markRead();
  }

  // What comes

  receive(messages) {
    const atEnd = this.isAtEnd();
    for (const message of messages) {
      if (message.seq <= this.lastSeq) continue;
      if (message.seq > this.lastSeq + 1) {
        this.send({ type: "hello", last_seq: this.lastSeq });
        return;
      }
      this.lastSeq = message.seq;
      this.show(message);
      if (message.author?.id === this.user) this.settle(message.client_id);
    }
    if (atEnd) this.showNewest(this.form);
    this.markRead();
  }

  show(message) {
    const at = new Date(message.at);
    const last = [...this.log.querySelectorAll("article[id]")].at(-1);
    const day = message.at.slice(0, 10);
    const isNewDay = [...this.log.querySelectorAll("[data-day]")].at(-1)?.dataset.day !== day;
    if (isNewDay) this.beforePending(this.heading(day, at));
    const author = String(message.author?.id ?? "");
    const follows =
      !isNewDay && author && last?.dataset.author === author && at - new Date(last.dataset.at) <= 10 * 60 * 1000;
    const article = this.article(message, at, follows);
    article.id = `m-${message.seq}`;
    article.dataset.author = author;
    article.dataset.at = message.at;
    this.beforePending(article);
    this.querySelector("[data-when-empty]")?.remove();
  }

  heading(day, at) {
    const heading = document.createElement("h2");
    heading.className = "day";
    heading.dataset.day = day;
    heading.textContent = this.asDay.format(at);
    return heading;
  }

  article(message, at, follows) {
    const template = document.getElementById(follows ? "room-message-follow" : "room-message");
    const article = template.content.firstElementChild.cloneNode(true);
    const time = article.querySelector("time");
    time.dateTime = at.toISOString();
    time.textContent = this.asTime.format(at);
    const link = time.closest("a");
    if (message.seq) link.href = `?before=${message.seq + 1}#m-${message.seq}`;
    else link.replaceWith(Object.assign(time, { className: link.className }));
    if (!follows) {
      article.querySelector(".message__who").textContent = message.author?.sign ?? "–";
      article.querySelector(".message__name").textContent = message.author?.name ?? this.words.deleted;
      if (message.author?.agency) {
        const agency = document.createElement("span");
        agency.className = "message__meta";
        agency.textContent = message.author.agency;
        article.querySelector(".message__name").after(agency);
      }
    }
    const text = article.querySelector(".message__text");
    if (message.html) text.innerHTML = message.html;
    else text.replaceChildren(...paragraphs(message.text));
    if (message.example) this.stateOf(article).append(this.label("example", this.words.example));
    return article;
  }

  beforePending(node) {
    this.log.insertBefore(node, this.log.querySelector(".message--pending, .message--failed"));
  }

  isAtEnd() {
    return this.form.getBoundingClientRect().top < innerHeight + 200;
  }

  showNewest(node) {
    node.scrollIntoView({ block: node === this.form ? "end" : "center" });
  }

  markRead() {
    if (document.visibilityState !== "visible") return;
    this.seen = this.lastSeq;
    this.reading ??= setTimeout(() => this.tellRead(), TELL_READ_EVERY);
  }

  tellRead() {
    clearTimeout(this.reading);
    this.reading = null;
    if (!this.greeted || this.seen <= this.told) return;
    this.told = this.seen;
    this.send({ type: "read", seq: this.seen });
  }

  // What is written

  submit(event) {
    // A page that never got a connection (a proxy without WebSockets) sends the form as if there were no script.
    if (!this.wasGreeted && this.waits > 2) {
      this.keep("");
      return;
    }
    event.preventDefault();
    const body = this.field.value;
    if (!body.trim()) {
      this.field.focus();
      return;
    }
    const message = { client_id: uuid(), body, at: new Date().toISOString() };
    this.waiting.push(message);
    this.fill("");
    this.showWaiting(message);
    this.dispatch(message);
    this.showNewest(this.form);
    this.field.focus();
  }

  unrefused() {
    return this.waiting.filter((message) => !message.refused);
  }

  /** Put `text` into the box as if it had been typed: it is kept, and counted. */
  fill(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  dispatch(message) {
    message.refused = null;
    const limit = Number(this.field.dataset.limit);
    // So much more than fits that no frame could carry it. The server would say the same.
    if (message.body.length > 4 * limit) {
      const details = { length: this.asNumber.format([...message.body].length), limit: this.asNumber.format(limit) };
      this.refuse(message, { reason: "too_long", details });
      return;
    }
    this.showState(message, this.greeted ? "sending" : "not_sent_yet");
    if (this.greeted) this.send({ type: "post", client_id: message.client_id, body: message.body });
  }

  settle(clientId) {
    const message = this.waiting.find((one) => one.client_id === clientId);
    if (!message) return;
    this.waiting = this.waiting.filter((one) => one !== message);
    message.article.remove();
    this.keep();
  }

  refused(frame) {
    const message = this.waiting.find((one) => one.client_id === frame.client_id);
    if (!message) return;
    if (PASSING.has(frame.reason)) {
      this.showState(message, frame.reason);
      setTimeout(() => this.waiting.includes(message) && this.dispatch(message), (frame.retry_after ?? 2) * 1000);
      return;
    }
    this.refuse(message, { reason: frame.reason, details: frame.details });
  }

  refuse(message, why) {
    message.refused = why;
    this.showState(message, "not_sent");
    this.keep();
  }

  showWaiting(message) {
    const author = { name: this.words.you, sign: "…" };
    message.article = this.article({ author, text: message.body }, new Date(message.at), false);
    message.article.classList.add("message--pending");
    this.log.append(message.article);
  }

  showState(message, word) {
    const failed = word === "not_sent";
    message.article.classList.toggle("message--failed", failed);
    message.article.classList.toggle("message--pending", !failed);
    const line = this.stateOf(message.article);
    line.replaceChildren(this.label(failed ? "status status--late" : "soft", this.words[word]));
    if (failed) {
      line.append(
        this.label("soft", this.why(message.refused)),
        this.button(this.words.try_again, () => this.dispatch(message)),
        this.button(this.words.discard, () => this.discard(message)),
      );
    }
  }

  /** A refusal in words: "{length} of at most {limit}" with the details put in. */
  why({ reason, details = {} }) {
    const words = details.before === "" ? this.words[`${reason}_first`] : this.words[reason];
    return words.replace(/\{(\w+)\}/g, (place, name) => details[name] ?? place);
  }

  /** Take it back: the text goes to the compose box when that is empty, so that nothing typed is lost by a slip. */
  discard(message) {
    this.settle(message.client_id);
    if (!this.field.value) this.fill(message.body);
    this.field.focus();
  }

  stateOf(article) {
    let line = article.querySelector(".message__state");
    if (!line) {
      line = document.createElement("p");
      line.className = "message__state";
      article.querySelector(".message__body").append(line);
    }
    return line;
  }

  label(className, text) {
    return Object.assign(document.createElement("span"), { className, textContent: text });
  }

  button(text, onclick) {
    return Object.assign(document.createElement("button"), {
      type: "button",
      className: "button button--plain button--small",
      textContent: text,
      onclick,
    });
  }

  // What is kept over a reload of this window

  keep(draft = this.field.value) {
    const waiting = this.waiting.map(({ client_id, body, at, refused }) => ({ client_id, body, at, refused }));
    try {
      if (waiting.length || draft) sessionStorage.setItem(this.kept, JSON.stringify({ draft, waiting }));
      else sessionStorage.removeItem(this.kept);
    } catch {
      // No storage (private window, full): what is written stays in this page only.
    }
  }

  restore() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.kept));
    } catch {
      // No storage, or nothing readable in it.
    }
    if (!kept) return;
    for (const message of kept.waiting ?? []) {
      this.waiting.push(message);
      this.showWaiting(message);
      this.showState(message, message.refused ? "not_sent" : "not_sent_yet");
    }
    if (!this.field.value && kept.draft) this.fill(kept.draft);
  }
}

customElements.define("room-stream", RoomStream);

// The page /flower/: asks for the figures every few seconds, draws them, and does what the reader clicks on.

import { redraw } from "./flower-dom.mjs";
import { ask, logIn, loggedIn, LoggedOut, logOut, Refused } from "./flower-session.mjs";
import { board, glance, troubles } from "./flower-views.mjs";
import { choose, chooseAsBefore, moment, say } from "./flower-words.mjs";

const EVERY = 5_000; // milliseconds
const byId = (id) => document.getElementById(id);

/** Everything that is drawn. `job` is undefined until it was asked for, and null where it is kept no more. */
const told = {
  ...{ overview: null, dead: null, running: null, jobs: null, job: undefined },
  ...{ freshAt: null, trouble: false, sending: new Set() },
  ...fromAddress(),
};
let timer = null;
let asked = 0; // how often the server was asked; what an older question brings is too late

// ---- What the reader chose stands in the address, so that it outlives a reload and can be sent to a colleague

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [queue, state] = [given.get("queue") ?? "", given.get("state") ?? ""];
  const page = Math.max(1, Number.parseInt(given.get("page"), 10) || 1);
  return { filter: { queue, state, page, ticks: given.has("ticks") }, open: given.get("job") };
}

function toAddress() {
  const { queue, state, page, ticks } = told.filter;
  const chosen = { queue, state, page: page > 1 && page, ticks: ticks && 1, job: told.open };
  const kept = Object.entries(chosen).filter(([, value]) => value);
  history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname);
}

// ---- Asking and drawing

function draw() {
  const inside = loggedIn();
  byId("login").hidden = inside;
  byId("board").hidden = byId("glance").hidden = !inside;
  if (!inside) {
    document.title = "Kalit";
    return;
  }
  redraw(byId("glance"), glance(told));
  redraw(byId("board"), board(told));
  if (told.overview) {
    const { dead, late } = troubles(told.overview);
    document.title = `${told.trouble || dead || late.length ? "⚠ " : ""}Kalit ${say("title")}`;
  }
}

async function refresh() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const found = await Promise.all([
      ask("/api/jobs/overview/"),
      ask("/api/jobs/?state=dead"),
      ask("/api/jobs/?state=running"),
      recent(),
      told.open ? one(told.open) : undefined,
    ]);
    if (mine !== asked) return;
    const [overview, dead, running, jobs, job] = found;
    if (told.trouble) notice("");
    Object.assign(told, { overview, dead, running, jobs, job, freshAt: new Date(), trouble: false });
  } catch (error) {
    if (mine !== asked) return;
    if (error instanceof LoggedOut) return leave("session_over");
    if (error.status === 403) return leave("not_admin");
    if (!told.trouble) notice(say("unreachable", { time: told.freshAt ? moment(told.freshAt) : "–" }), "bad");
    told.trouble = true;
  }
  draw();
  if (!document.hidden) timer = setTimeout(refresh, EVERY);
}

/** The jobs that are filtered for. A page that is not there any more gives way to the first. */
async function recent() {
  const { queue, state, page, ticks } = told.filter;
  try {
    return await ask(`/api/jobs/?${new URLSearchParams({ queue, state, page, ticks: ticks ? "" : "failed" })}`);
  } catch (error) {
    // A filter from a mistyped address is none.
    if (error.status !== 404 && error.status !== 400) throw error;
    if (error.status === 400) Object.assign(told.filter, { queue: "", state: "" });
    told.filter.page = 1;
    toAddress();
    return ask(`/api/jobs/?${new URLSearchParams({ ticks: ticks ? "" : "failed" })}`);
  }
}

async function one(id) {
  try {
    return await ask(`/api/jobs/${encodeURIComponent(id)}/`);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** Tell what came of something, to eyes and to screen readers. */
function notice(text, kind = "good") {
  const place = byId("notice");
  place.className = text ? kind : "";
  place.textContent = text;
}

async function leave(problem) {
  clearTimeout(timer);
  asked += 1;
  await logOut();
  Object.assign(told, { overview: null, dead: null, running: null, jobs: null, job: undefined });
  notice("");
  byId("problem").textContent = problem ? say(problem) : "";
  draw();
  byId("login").elements.username.focus();
}

// ---- What the reader does

const ACTS = {
  language({ value }) {
    choose(value);
    notice("");
    draw();
  },
  "log-out": () => leave(""),
  filter({ queue = "", state = "" }) {
    filterBy({ queue, state });
    byId("recent")?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion)").matches ? "auto" : "smooth" });
  },
  page: ({ page }) => filterBy({ ...told.filter, page: Number(page) }),
  async open({ job }) {
    Object.assign(told, { open: job, job: known(job) });
    toAddress();
    draw();
    byId("details-title").focus();
    await refresh();
  },
  close() {
    const id = told.open;
    Object.assign(told, { open: null, job: undefined });
    toAddress();
    draw();
    document.querySelector(`[data-do=open][data-job="${CSS.escape(id)}"]`)?.focus();
  },
  retry: ({ job }) =>
    sending(job, async () => {
      const { name } = await ask(`/api/jobs/${job}/retry/`, { method: "POST" });
      return say("retried", { name });
    }),
  async "retry-all"({ queue }) {
    if (!(await confirmed(say("retry_all_of", { queue }), say("retry_all")))) return;
    await sending(queue, async () => {
      await ask("/api/jobs/redrive/", { method: "POST", body: { queue } });
      return say("retried_all", { queue });
    });
  },
};

function known(id) {
  const lists = [told.dead, told.running, told.jobs];
  return lists.flatMap((list) => list?.results ?? []).find((job) => job.id === id);
}

function filterBy(chosen) {
  told.filter = { ticks: told.filter.ticks, page: 1, ...chosen };
  toAddress();
  refresh();
}

/** Do what sends something again, once however often it is clicked, and tell how it went. */
async function sending(what, act) {
  if (told.sending.has(what)) return;
  told.sending.add(what);
  draw();
  try {
    notice(await act());
  } catch (error) {
    if (error instanceof LoggedOut) return leave("session_over");
    notice(say("failed_request", { why: error instanceof Refused ? error.why : say("no_answer") }), "bad");
  } finally {
    told.sending.delete(what);
  }
  await refresh();
}

function confirmed(question, yes) {
  const dialog = document.createElement("dialog");
  const text = Object.assign(document.createElement("p"), { textContent: question, id: "question" });
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  for (const [value, label] of [["no", say("cancel")], ["yes", yes]]) {
    form.append(Object.assign(document.createElement("button"), { value, textContent: label }));
  }
  dialog.setAttribute("aria-labelledby", text.id);
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-do]");
  if (asked) ACTS[asked.dataset.do](asked.dataset);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && told.open && !document.querySelector("dialog")) ACTS.close();
});

byId("board").addEventListener("change", ({ target }) => {
  filterBy({ ...told.filter, page: 1, [target.name]: target.type === "checkbox" ? target.checked : target.value });
});

byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const problem = byId("problem");
  const send = form.querySelector("button");
  problem.textContent = "";
  send.disabled = true;
  try {
    await logIn(form.elements.username.value, form.elements.password.value);
  } catch (error) {
    // Who is refused is told why by the page; everything else is a mishap.
    problem.textContent = (error.status < 500 && error.why) || say("failed_request", { why: say("no_answer") });
    byId("first").hidden = !error.first;
  }
  send.disabled = false;
  form.elements.password.value = "";
  draw();
  if (loggedIn()) refresh();
});

document.addEventListener("visibilitychange", () => {
  if (!loggedIn()) return;
  if (document.hidden) clearTimeout(timer);
  else refresh();
});

chooseAsBefore();
draw();
if (loggedIn()) refresh();

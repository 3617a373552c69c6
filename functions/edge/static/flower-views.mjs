// How everything looks: each function draws one part of the page from what the server told.

import { make } from "./flower-dom.mjs";
import { duration, moment, number, percent, say, zone } from "./flower-words.mjs";

export const STATES = ["pending", "running", "retrying", "completed", "dead", "cancelled"];
const LATE = 600; // seconds; the alarm of a queue rings after as many
const PAGE = 50; // jobs that the server puts on one

// ---- The state at a glance

export function glance({ overview, trouble, freshAt }) {
  if (!overview) return make("div", { id: "glance" }, make("strong", {}, say(trouble ? "no_contact" : "loading")));
  const { dead, late } = troubles(overview);
  const told = [
    trouble && make("strong", { class: "bad" }, say("no_contact")),
    dead > 0 && make("strong", { class: "bad" }, say("dead_count", { count: number(dead) })),
    late.length > 0 && make("strong", { class: "warn" }, say("late_queues", { queues: late.join(", ") })),
  ].filter(Boolean);
  const well = make("strong", { class: "good" }, say("all_well"));
  return make(
    "div",
    { id: "glance" },
    told.length ? told : well,
    make("span", { class: "fresh" }, say("fresh_at", { time: moment(freshAt) })),
    button("log-out", say("log_out"), { class: "quiet" }),
  );
}

/** How many jobs are dead, and which queues keep work waiting. Countdowns and ticks wait by their nature. */
export function troubles(overview) {
  const late = overview.queues.filter((queue) => queue.depth && queue.oldest_seconds > LATE);
  return { dead: sum(overview.queues.map((queue) => queue.dead)), late: late.map((queue) => queue.name) };
}

// ---- The board

export function board(told) {
  const { overview } = told;
  if (!overview) return make("div", { id: "board" });
  return make(
    "div",
    { id: "board" },
    told.open && details(told),
    queues(overview),
    deadJobs(told),
    runningJobs(told),
    recentJobs(told),
    schedules(overview),
  );
}

function section(id, title, ...content) {
  const heading = make("h2", { id: `${id}-title` }, say(title));
  return make("section", { id, "data-key": id, "aria-labelledby": heading.id }, heading, ...content);
}

// ---- Queues

const FIGURES = ["waiting", "in_flight", "oldest", "pending", "running", "retrying", "dead", "completed", "success_rate"];

function queues(overview) {
  const rows = overview.queues.map((queue) => {
    const idle = !sum(STATES.map((state) => queue[state])) && !queue.depth?.waiting && !queue.depth?.in_flight;
    return row(
      queue.name,
      { class: idle ? "idle" : null },
      head("queue", button("filter", queue.name, { "data-queue": queue.name, class: "link" })),
      FIGURES.map((name) => cell(name, figure(queue, name), { class: `number ${mark(queue, name)}` })),
    );
  });
  return section("queues", "queues", table("queues", ["queue", ...FIGURES], rows));
}

function figure(queue, name) {
  if (name === "waiting" || name === "in_flight") return queue.depth ? number(queue.depth[name]) : "–";
  if (name === "oldest") return queue.oldest_seconds === null ? "–" : duration(queue.oldest_seconds);
  if (name === "success_rate") return percent(queue.success_rate);
  if (!queue[name]) return "0";
  return button("filter", number(queue[name]), { "data-queue": queue.name, "data-state": name, class: "link" });
}

function mark(queue, name) {
  if (name === "dead" && queue.dead) return "bad";
  if (name === "oldest" && queue.depth && queue.oldest_seconds > LATE) return "warn";
  return { ...queue, ...queue.depth, oldest: queue.oldest_seconds }[name] ? "" : "nothing";
}

// ---- Dead jobs, those at work, and recent ones

function deadJobs({ dead, sending }) {
  if (!dead) return null;
  const groups = Map.groupBy(dead.results, (job) => job.queue);
  const parts = [...groups].map(([queue, jobs]) =>
    make(
      "div",
      { class: "group", "data-key": queue },
      make(
        "div",
        { class: "bar" },
        make("h3", {}, queue),
        jobs.some((job) => job.retryable) &&
          button("retry-all", say("retry_all"), { "data-queue": queue, disabled: sending.has(queue) }),
      ),
      make("ul", { class: "jobs" }, jobs.map((job) => deadJob(job, sending))),
    ),
  );
  const more = dead.count > dead.results.length;
  return section(
    "dead",
    "dead_jobs",
    parts.length ? parts : make("p", { class: "none" }, say("no_dead")),
    more && make("p", {}, say("more_dead", { shown: dead.results.length, count: number(dead.count) })),
  );
}

function deadJob(job, sending) {
  return make(
    "li",
    { "data-key": job.id },
    make(
      "div",
      {},
      opener(job),
      " ",
      make("small", {}, moment(job.ended_at ?? job.created_at)),
      lastError(job) && make("div", { class: "error" }, lastError(job)),
    ),
    retryButton(job, sending),
  );
}

function retryButton(job, sending) {
  if (job.state !== "dead") return null;
  if (!job.retryable) return make("small", {}, say("not_retryable"));
  const label = `${say("retry")}: ${job.name}, ${moment(job.created_at)}`;
  return button("retry", say("retry"), { "data-job": job.id, "aria-label": label, disabled: sending.has(job.id) });
}

function runningJobs({ running, overview }) {
  if (!running) return null;
  const items = running.results.map((job) =>
    make(
      "li",
      { "data-key": job.id },
      make("div", {}, opener(job), " ", make("small", {}, job.queue)),
      make("span", { class: "number" }, duration((Date.parse(overview.at) - Date.parse(started(job))) / 1000)),
    ),
  );
  const list = items.length ? make("ul", { class: "jobs" }, items) : make("p", { class: "none" }, say("no_running"));
  return section("running", "running_jobs", list);
}

function recentJobs({ jobs, overview, filter }) {
  if (!jobs) return null;
  const rows = jobs.results.map((job) =>
    row(
      job.id,
      {},
      head("job", opener(job)),
      cell("queue", job.queue),
      cell("state", stateOf(job)),
      cell("created", moment(job.created_at)),
      cell("tries", number(job.tries), { class: "number" }),
      cell("took", took(job.attempts.at(-1)), { class: "number" }),
    ),
  );
  const columns = ["job", "queue", "state", "created", "tries", "took"];
  return section(
    "recent",
    "recent_jobs",
    filters(overview, filter),
    rows.length ? table("recent", columns, rows) : make("p", { class: "none" }, say("no_jobs")),
    pager(jobs, filter),
  );
}

function filters(overview, filter) {
  return make(
    "div",
    { class: "filters" },
    select("queue", "all_queues", overview.queues.map(({ name }) => [name, name]), filter.queue),
    select("state", "all_states", STATES.map((state) => [state, say(state)]), filter.state),
    make(
      "label",
      { hidden: Boolean(filter.queue || filter.state) },
      make("input", { type: "checkbox", name: "ticks", checked: filter.ticks }),
      make("span", {}, say("with_ticks")),
    ),
  );
}

function select(name, all, choices, chosen) {
  const options = [["", say(all)], ...choices].map(([value, text]) =>
    make("option", { value, selected: value === chosen }, text),
  );
  return make("label", {}, make("span", {}, say(name)), make("select", { name }, options));
}

function pager(jobs, filter) {
  const pages = Math.max(1, Math.ceil(jobs.count / PAGE));
  return make(
    "nav",
    { class: "pager", "aria-label": say("recent_jobs") },
    button("page", say("previous"), { "data-page": filter.page - 1, disabled: !jobs.previous }),
    make("span", {}, say("page_of", { page: number(filter.page), pages: number(pages) })),
    button("page", say("next"), { "data-page": filter.page + 1, disabled: !jobs.next }),
  );
}

// ---- A job's details

function details({ job, open, sending }) {
  const closing = button("close", say("close"), { class: "quiet" });
  const title = make("h2", { id: "details-title", tabindex: "-1" }, job?.name ?? say("details"));
  const bar = make("div", { class: "bar" }, title, closing);
  const shell = { id: "details", "data-key": `details ${open}`, "aria-labelledby": "details-title" };
  if (!job) return make("aside", shell, bar, make("p", {}, say(job === null ? "gone" : "loading")));
  const facts = [
    ["state", stateOf(job)],
    ["queue", job.queue],
    ["job", make("code", {}, job.id)],
    ["created", moment(job.created_at)],
    ["ended", job.ended_at && moment(job.ended_at)],
    ["tries", number(job.tries)],
    ["asked_by", job.asked_by && say("account", { number: job.asked_by })],
    ["request", job.request_id && make("code", {}, job.request_id)],
    ["arguments", data(job.arguments)],
    ["result", data(job.result)],
  ];
  const list = facts.filter(([, value]) => value).map(([name, value]) => [make("dt", {}, say(name)), make("dd", {}, value)]);
  return make("aside", shell, bar, make("dl", {}, list), attempts(job), retryButton(job, sending));
}

function attempts(job) {
  const items = job.attempts.map((attempt) =>
    make(
      "li",
      {},
      `${moment(attempt.started_at)}, ${took(attempt)}`,
      attempt.error && make("div", { class: "error" }, attempt.error),
    ),
  );
  return [make("h3", {}, say("attempts")), items.length ? make("ol", {}, items) : make("p", {}, say("no_attempts"))];
}

const data = (value) => value !== null && make("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));

// ---- Schedules

function schedules(overview) {
  const rows = overview.schedules.map((schedule) =>
    row(
      schedule.name,
      {},
      head("schedule", schedule.name, make("small", {}, say(schedule.kind === "tick" ? "tick" : "of_staff"))),
      cell("expression", make("code", {}, schedule.expression), make("small", {}, schedule.zone)),
      cell("last", schedule.last ? [moment(schedule.last), " ", badge(schedule.last_state)] : "–"),
      cell("next_runs", make("ol", { class: "moments" }, schedule.next.map((at) => make("li", {}, moment(at, { seconds: false }))))),
    ),
  );
  return section(
    "schedules",
    "schedules",
    make("p", { class: "none" }, rows.length ? say("your_zone", { zone: zone() }) : say("no_schedules")),
    rows.length ? table("schedules", ["schedule", "expression", "last", "next_runs"], rows) : null,
  );
}

// ---- Small parts

const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);
const started = (job) => job.attempts.at(-1)?.started_at ?? job.created_at;
const lastError = (job) => job.attempts.findLast((attempt) => attempt.error)?.error;
const badge = (state) => make("span", { class: `badge ${state}` }, say(state));
const stateOf = (job) => badge(job.state);

function took(attempt) {
  if (!attempt) return "–";
  if (attempt.took_ms !== null) return duration(attempt.took_ms / 1000);
  return attempt.error ? "–" : say("under_way");
}

function button(act, text, attributes = {}) {
  return make("button", { type: "button", "data-do": act, ...attributes }, text);
}

function opener(job) {
  return button("open", job.name, { "data-job": job.id, class: "link" });
}

// Roles are told, because a table whose rows become cards on a phone is none any more to screen readers.

function table(name, columns, rows) {
  const heads = columns.map((column) =>
    make("th", { role: "columnheader", scope: "col", title: column === "success_rate" ? say("success_rate_about") : null }, say(column)),
  );
  return make(
    "table",
    { role: "table", class: name, "aria-labelledby": `${name}-title` },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, heads)),
    make("tbody", { role: "rowgroup" }, rows),
  );
}

const row = (key, attributes, ...cells) => make("tr", { role: "row", "data-key": key, ...attributes }, ...cells);
const head = (name, ...content) => make("th", { role: "rowheader", scope: "row", "data-name": name }, ...content);

function cell(name, ...content) {
  const attributes = content.at(-1)?.constructor === Object ? content.pop() : {};
  // On a phone the column's name stands before the value.
  return make("td", { role: "cell", "data-name": name, "data-column": say(name), ...attributes }, ...content);
}

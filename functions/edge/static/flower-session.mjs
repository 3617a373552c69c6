// Who is logged in, and requests in his name. Tokens are kept until the tab is closed, and nowhere else.

import { language } from "./flower-words.mjs";

const KEPT = "kalit tokens";

export class LoggedOut extends Error {}

/** The server said no. `why` is its own text, in the reader's language. */
export class Refused extends Error {
  constructor(status, why) {
    super(`${status} ${why}`);
    Object.assign(this, { status, why });
  }
}

let tokens = fromPage() ?? JSON.parse(sessionStorage.getItem(KEPT));
let renewal = null;

export const loggedIn = () => tokens !== null;

/** Who came by HTTP Basic finds tokens in the page. They are taken out of it. */
function fromPage() {
  const meta = document.querySelector("meta[name=tokens]");
  if (!meta) return null;
  meta.remove();
  sessionStorage.setItem(KEPT, meta.content);
  return JSON.parse(meta.content);
}

function keep(kept) {
  tokens = kept;
  if (kept) sessionStorage.setItem(KEPT, JSON.stringify(kept));
  else sessionStorage.removeItem(KEPT);
}

/** Log in. Throws `Refused`; its `first` tells whether a password of his own must be set before. */
export async function logIn(username, password) {
  await knock(username, password);
  const { access, refresh } = await send("/api/token/", { method: "POST", body: { username, password } });
  keep({ access, refresh });
}

/**
 * Ask the page itself whether it lets him in: unlike a login, that uses up no one-time password, and begins no session
 * for who is no administrator. Who is refused gets a page that says why.
 */
async function knock(username, password) {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const Authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  const headers = { Accept: "application/json", "Accept-Language": language(), Authorization };
  const answer = await fetch("/flower/", { headers, credentials: "omit", cache: "no-store" });
  if (answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const refused = new Refused(answer.status, page.getElementById("problem")?.textContent);
  throw Object.assign(refused, { first: page.getElementById("first")?.hidden === false });
}

/** End the session, here and at the server. */
export async function logOut() {
  const access = tokens?.access;
  keep(null);
  // Where this does not arrive, the session ends by itself within a day.
  if (access) await send("/api/v1/auth/logout/", { method: "POST", body: {}, access }).catch(() => {});
}

/** What the server answers to who is logged in. Throws `LoggedOut`, `Refused`, or TypeError without a connection. */
export async function ask(path, { method = "GET", body } = {}) {
  const { access } = tokens ?? {};
  if (!access) throw new LoggedOut();
  try {
    return await send(path, { method, body, access });
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  // Another request may have renewed it meanwhile.
  if (tokens?.access === access) await (renewal ??= renew().finally(() => (renewal = null)));
  if (!tokens) throw new LoggedOut();
  return send(path, { method, body, access: tokens.access });
}

async function renew() {
  const { refresh } = tokens;
  try {
    const { access } = await send("/api/token/refresh/", { method: "POST", body: { refresh } });
    keep({ access, refresh });
  } catch (error) {
    if (error.status !== 401) throw error;
    keep(null);
  }
}

async function send(path, { method, body, access }) {
  const headers = { Accept: "application/json", "Accept-Language": language() };
  if (access) headers.Authorization = `Bearer ${access}`;
  if (body) headers["Content-Type"] = "application/json";
  // The name and password that the browser may keep for this host are for the page alone.
  const options = { method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store" };
  const answer = await fetch(path, { ...options, signal: AbortSignal.timeout(15_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, reason(text));
  return text ? JSON.parse(text) : null;
}

function reason(text) {
  try {
    return JSON.parse(text).detail ?? text;
  } catch {
    return text.slice(0, 200);
  }
}

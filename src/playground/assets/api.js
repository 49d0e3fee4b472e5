// The page's side of the playground's /sim interface: calls, and the event stream that survives a
// restart of the server. Knows nothing of what is shown.

async function request(method, path, body) {
  const options = { method };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "content-type": "application/json" };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The playground does not answer. Is the program still running?");
  }
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw new Error(answer?.error ?? `The playground answered ${response.status}.`);
  return answer;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const post = (path, body) => request("POST", path, body);

export const readState = () => request("GET", "/sim/state");
export const readMessages = async (chatId) => (await request("GET", `/sim/messages?chat_id=${chatId}`)).messages;
export const send = (message) => post("/sim/send", message);
export const edit = (change) => post("/sim/edit", change);
export const remove = (chat_id, message_id) => post("/sim/delete", { chat_id, message_id });
export const tap = (press) => post("/sim/tap", press);
export const changeChat = (change) => post("/sim/chat", change);
export const addPerson = (person) => post("/sim/person", person);
export const react = (reaction) => post("/sim/react", reaction);
export const stopDraft = (draft) => post("/sim/stop_draft", draft);
export const addFault = (fault) => post("/sim/fault", fault);
export const clearFaults = () => request("DELETE", "/sim/fault");
export const readFlood = () => request("GET", "/sim/flood");
export const readHistory = async (chatId, messageId) => (await request("GET", `/sim/history?chat_id=${chatId}&message_id=${messageId}`)).revisions;
export const fileUrl = (fileId) => `/sim/file/${encodeURIComponent(fileId)}`;

/** Sends a file; `fields` are the form's other fields, empty ones are left out. */
export function upload(file, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value != null && value !== "") form.append(name, value);
  }
  form.append("file", file, file.name);
  return post("/sim/upload", form);
}

/** State and messages of all chats, as one consistent start for the event stream after `state.seq`. */
export async function readAll() {
  const state = await readState();
  const chats = await Promise.all(state.chats.map(async (chat) => [chat.id, await readMessages(chat.id)]));
  return { state, messages: new Map(chats) };
}

/** How long a page that nobody sees goes on listening. */
const HIDDEN_MS = 30_000;

/**
 * Follows the server for as long as the page lives. After a lost connection everything is read anew,
 * since the server may have been restarted meanwhile, then events are taken up after the state's seq.
 * `on`: `sync({state, messages})`, `event(event)`, `offline()`.
 */
export async function follow(on) {
  let pause = 250;
  for (;;) {
    let lost = true;
    try {
      const all = await readAll();
      on.sync(all);
      pause = 250;
      lost = await stream(all.state.seq, on.event);
    } catch (error) {
      console.warn("playground:", error.message);
    }
    if (lost) on.offline();
    await new Promise((resolve) => setTimeout(resolve, pause));
    await seen();
    pause = Math.min(pause * 1.6, 2000);
  }
}

/**
 * Resolves when the stream ends, with whether the connection was lost. It is given up when events are missing
 * (the server keeps only so many) and when nobody sees the page: browsers have few connections for all pages of
 * an address. The browser's own reconnection is not used, it would skip the re-read.
 */
function stream(after, onEvent) {
  const source = new EventSource(`/sim/events?after=${after}`);
  let last = after;
  let timer = null;
  return new Promise((resolve) => {
    const end = (lost) => {
      source.close();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", turned);
      resolve(lost);
    };
    const turned = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => end(false), HIDDEN_MS);
    };
    source.onerror = () => end(true);
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.seq > last + 1) return end(false);
      last = event.seq;
      return onEvent(event);
    };
    document.addEventListener("visibilitychange", turned);
    turned();
  });
}

/** Resolves as soon as somebody sees the page. */
function seen() {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

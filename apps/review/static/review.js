// What plain forms and links cannot do: keys, decisions without leaving the page, and news as it happens.
"use strict";

const SETTLES_MS = 900;
const WORDS = { approve: "Approve", retake: "Retake", reject: "Reject", omit: "Leave out", note: "Note about" };
const ask = document.getElementById("ask");
const said = document.getElementById("said");
let aliveAt = 0;
let asked = null;
let isBusy = false;
let kept = { task: "", note: "" };
let hideSaid = 0;
let source = null;
let told = document.body.dataset.revision;

// --- where the person is -------------------------------------------------------------------------------------------

const stops = () => [...document.querySelectorAll("#inbox .ask > a, #grid .card > a, #takes .take")].filter((one) => one.offsetParent);
const here = () => document.activeElement?.closest(".ask, .card, .take");
const stopOf = (box) => (box.matches(".take") ? box : box.querySelector("a"));

function go(to) {
  if (!to) return;
  to.focus({ focusVisible: true });
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function step(by) {
  const all = stops();
  const at = all.indexOf(here() && stopOf(here()));
  go(at < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, at + by))]);
}

function row(by) {
  const all = stops();
  const box = here();
  if (!box) return step(by);
  const from = stopOf(box).getBoundingClientRect();
  const centre = from.left + from.width / 2;
  const beyond = all
    .map((one) => ({ one, at: one.getBoundingClientRect() }))
    .filter(({ at }) => (by > 0 ? at.top > from.top + 8 : at.top < from.top - 8));
  if (!beyond.length) return undefined;
  const tops = beyond.map(({ at }) => at.top);
  const top = by > 0 ? Math.min(...tops) : Math.max(...tops);
  const line = beyond.filter(({ at }) => Math.abs(at.top - top) < 8);
  const off = ({ at }) => Math.abs(at.left + at.width / 2 - centre);
  return go(line.reduce((best, one) => (off(one) < off(best) ? one : best)).one);
}

// --- deciding ------------------------------------------------------------------------------------------------------

function say(text, isBad) {
  said.textContent = text;
  said.classList.toggle("bad", isBad);
  said.hidden = false;
  clearTimeout(hideSaid);
  if (!isBad) hideSaid = setTimeout(() => { said.hidden = true; }, 6000);
}

async function decide(action, about, note) {
  isBusy = true;
  const body = new URLSearchParams({ action, take: about.take ?? "", digest: about.digest, round: about.round, note });
  try {
    const place = about.point ? "course" : "task";
    const answer = await fetch(`/${place}/${encodeURIComponent(about.task)}/decide`, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const heard = await answer.json().catch(() => ({ says: `the review answered ${answer.status}` }));
    say(answer.ok ? heard.says : `Not recorded. ${heard.says}`, !answer.ok);
    kept = { task: about.task, note: answer.ok ? "" : note };
    return answer.ok;
  } catch {
    say("Not recorded: the review does not answer; is `callsheet review` still running?", true);
    return false;
  } finally {
    isBusy = false;
  }
}

const shownHere = () => ({ ...(here() ?? document.getElementById("decide") ?? { dataset: {} }).dataset });

function begin(action) {
  const about = shownHere();
  if (isBusy) return undefined; // the answer to the last key is on its way
  if (!about.task) return say("Choose a picture first: j and k go through them.", true);
  if (performance.now() < aliveAt) return say(`${about.task} has just changed: look before you decide.`, true);
  if (about.point && action !== "approve" && action !== "reject") return say("About the course there is only a and r.", true);
  if (!about.take && !about.point && (action === "approve" || action === "reject")) return say(`${about.task} has no take now.`, true);
  const typed = document.querySelector("#decide input[name=note]");
  if (action === "approve") {
    return decide(action, about, typed?.value ?? "").then((isDone) => { if (isDone && typed) typed.value = ""; });
  }
  asked = { action, about };
  const what = about.point ? "what is proposed" : action === "reject" ? about.take : about.task;
  document.getElementById("ask-title").textContent = `${WORDS[action]} ${what}`;
  document.getElementById("ask-about").textContent = about.point || action === "note" ? "" : `You were shown ${about.take || "no take"} ${about.digest.slice(7, 19)}.`;
  document.getElementById("ask-do").textContent = action === "note" ? "Keep the note" : WORDS[action];
  document.getElementById("ask-note").value = typed?.value || (kept.task === about.task ? kept.note : "");
  return ask.showModal();
}

// Not on `close`, which comes late: by then the person may have asked for something else.
ask.firstElementChild.addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "do" || !asked) return;
  const { action, about } = asked;
  asked = null;
  const isDone = await decide(action, about, document.getElementById("ask-note").value);
  const typed = document.querySelector("#decide input[name=note]");
  if (isDone && typed) typed.value = "";
});

document.getElementById("ask-note").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    document.getElementById("ask-do").click();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const action = event.submitter?.value;
  if (form.method !== "post" || !action) return;
  event.preventDefault();
  const sent = Object.fromEntries(new FormData(form));
  const { task, point } = form.closest("[data-task]").dataset;
  decide(action, { ...sent, task, point }, sent.note ?? "").then((isDone) => { if (isDone && form.elements.note) form.elements.note.value = ""; });
});

// --- keys ----------------------------------------------------------------------------------------------------------

const follow = (id) => { const link = document.getElementById(id); if (link) location.assign(link.href); };
const KEYS = {
  j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
  ArrowDown: () => row(1), ArrowUp: () => row(-1),
  a: () => begin("approve"), t: () => begin("retake"), r: () => begin("reject"), o: () => begin("omit"), n: () => begin("note"),
  i: () => { const first = document.querySelector("#inbox .ask > a"); if (first) go(first); else follow("back"); },
  g: () => follow("back"), "[": () => follow("before"), "]": () => follow("after"),
  "?": () => document.getElementById("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  // The field of a dialog that has just closed has the focus for a moment more.
  const isWriting = event.target.closest?.("input, textarea, video")?.checkVisibility();
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (!said.hidden) said.hidden = true;
    else if (isWriting) event.target.blur();
    else follow("back");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting || document.querySelector("dialog[open]")) return;
  const does = KEYS[event.key];
  if (does && !(event.repeat && "atron".includes(event.key))) {
    event.preventDefault();
    does();
  }
});

// --- news ----------------------------------------------------------------------------------------------------------

// Puts a newly drawn element in the place of the old one; pictures, words being typed and the focus stay.
function put(drawn) {
  const old = document.getElementById(drawn.id);
  if (!old || old.isEqualNode(drawn)) return;
  if (drawn.matches("#grid, #inbox, #takes, .cards, .asks, #grid section") && sameParts(old, drawn)) {
    for (const part of [...drawn.querySelectorAll("[id]")].filter((one) => one.matches(".card, .ask, .take"))) put(part);
    return;
  }
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const box = active?.closest(".ask, .card, .take");
  const isOther = box && old.contains(box) && changedUnder(box, drawn);
  const left = new Map([...old.querySelectorAll("img")].map((one) => [one.getAttribute("src"), one]));
  for (const picture of drawn.querySelectorAll("img")) {
    const shown = left.get(picture.getAttribute("src"));
    if (shown && shown.width === picture.width) {
      shown.alt = picture.alt;
      picture.replaceWith(shown);
      left.delete(picture.getAttribute("src"));
    }
  }
  for (const field of drawn.querySelectorAll("input[name=note]")) field.value = old.querySelector("input[name=note]")?.value ?? "";
  const at = box ? kin(homeOf(box)).indexOf(stopOf(box)) : -1;
  const home = box && homeOf(box);
  old.replaceWith(drawn);
  if (drawn.matches(".card, .ask, .take")) drawn.classList.add("is-new");
  if (active) restore(active, box, { home, at });
  if (isOther || drawn.id === "decide") aliveAt = performance.now() + SETTLES_MS;
}

const parts = (box) => [...box.querySelectorAll(".card, .ask, .take")].map((one) => one.id);
const sameParts = (old, drawn) => old.querySelector("h2")?.textContent === drawn.querySelector("h2")?.textContent && parts(old).length > 0 && parts(old).join() === parts(drawn).join();

function changedUnder(box, drawn) {
  const now = drawn.id === box.id ? drawn : drawn.querySelector(`#${CSS.escape(box.id)}`);
  return !now || now.dataset.digest !== box.dataset.digest || now.dataset.round !== box.dataset.round;
}

// Where the one the person was on is gone, the next of its kind has the focus; never one of another kind.
const homeOf = (box) => box.closest("#inbox, #grid, #takes")?.id;
const kin = (home) => stops().filter((one) => homeOf(one) === home);

function restore(active, box, { home, at }) {
  const name = active.getAttribute("name");
  const same = box && document.getElementById(box.id);
  if (same) go(stopOf(same));
  else if (box) go(kin(home)[Math.min(at, kin(home).length - 1)]);
  else if (name) document.querySelector(`#decide [name=${name}]`)?.focus();
}

function hear(event) {
  told = event.lastEventId;
  for (const [id, html] of Object.entries(JSON.parse(event.data))) {
    const shell = document.createElement("template");
    shell.innerHTML = html;
    const drawn = shell.content.querySelector(`#${CSS.escape(id)}`);
    if (drawn) put(drawn);
  }
  document.body.dataset.revision = told;
}

function listen() {
  const place = document.body.dataset.news;
  if (!place || source) return;
  source = new EventSource(`${place}?since=${told}`);
  source.addEventListener("changed", hear);
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED) say("The review has ended; start `callsheet review` again.", true);
  });
}

// A page nobody sees asks nobody: browsers allow six connections to a place, and each open page holds one.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = null;
  } else listen();
});
listen();

const takes = document.getElementById("takes");
const stands = takes?.querySelector(".standing");
if (stands) takes.scrollLeft = stands.offsetLeft - takes.offsetLeft - 14;

const keys = document.getElementById("keys");
keys.hidden = false;
keys.addEventListener("click", () => KEYS["?"]());

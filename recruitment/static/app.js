// Everything works without this file. With it, drafts save themselves and errors get the focus.
"use strict";

for (const summary of document.querySelectorAll("[data-focus]")) {
  summary.focus();
}

// A link of the error summary leads into the field, not just to it.
for (const link of document.querySelectorAll(".error-summary a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    const input = target.matches("input, select, textarea, button") ? target : target.querySelector("input, select, textarea");
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.scrollIntoView({ block: "center" });
  });
}

// A password typed on a phone wants to be seen once.
for (const input of document.querySelectorAll("input[type='password'][data-reveal]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button reveal";
  button.textContent = input.dataset.reveal;
  button.setAttribute("aria-controls", input.id);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  input.after(button);
}

// One press, one request: a second press within three seconds is a slip.
for (const form of document.querySelectorAll("form[method='post']")) {
  let sentAt = 0;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sentAt < 3000 && sentAt) event.preventDefault();
    else sentAt = event.timeStamp;
  });
  window.addEventListener("pageshow", () => { sentAt = 0; });
}

const PAUSE = 3000;

function keepDraft(form) {
  const state = form.querySelector("[data-draft-state]");
  let changed = false;
  let timer = 0;
  let leaving = false;
  let request = null;

  const fields = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (typeof value !== "string") data.delete(name);
    }
    return data;
  };
  const say = (words) => { if (state) state.textContent = words; };

  async function save() {
    timer = 0;
    if (!changed || leaving) return;
    changed = false;
    request = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: fields(), signal: request.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { at } = await answer.json();
      say(`${state ? state.dataset.saved : ""} ${at}`);
    } catch (error) {
      if (error.name === "AbortError") return;
      changed = true;
      say(state ? state.dataset.failed : "");
      timer = timer || window.setTimeout(save, 4 * PAUSE);
    }
  }

  function note() {
    changed = true;
    timer = timer || window.setTimeout(save, PAUSE);
  }

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    if (request) request.abort();
  });
  // The page is left, or on a phone put away: there may be no later moment.
  function sendNow() {
    if (!changed || leaving) return;
    if (navigator.sendBeacon(form.dataset.draft, fields())) changed = false;
  }
  window.addEventListener("pagehide", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") sendNow();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
}

for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);

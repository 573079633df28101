// What a page does besides showing itself: copying, the progress of a refresh, pages that are live. Without it every page still works.
"use strict";

const said = (text) => { document.getElementById("said").textContent = text; };

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const from = button.dataset.copyFrom;
  const text = from ? document.getElementById(from).textContent : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const before = button.innerHTML;
  button.textContent = "Copied";
  said("Copied");
  setTimeout(() => { button.innerHTML = before; }, 1500);
});

// A slider says its value while it moves.
document.addEventListener("input", (event) => {
  const output = event.target.id && document.querySelector(`output[for="${event.target.id}"]`);
  if (output) output.textContent = Number(event.target.value).toLocaleString("en");
});

// Return asks; Shift and Return begin a line.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea[data-submit]")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "/" && !typing) {
    const field = document.querySelector("main textarea, main input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
  }
});

// Refreshes tell of their progress as server-sent events in the answer to a POST, which EventSource cannot read.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-stream]");
  if (!form) return;
  event.preventDefault();
  const [button, bar, told] = ["button", "progress", ".told"].map((one) => form.querySelector(one));
  button.disabled = true;
  bar.hidden = false;
  told.textContent = "looking for changes";
  try {
    const answer = await fetch(form.action, {
      method: "POST", headers: { Accept: "text/event-stream" }, body: new URLSearchParams(new FormData(form)),
    });
    if (!answer.ok || !answer.body) throw new Error("the daemon did not refresh it; load the page again");
    await heard(answer.body, bar, told);
    location.reload();
  } catch (error) {
    told.textContent = error.message;
    button.disabled = false;
    bar.hidden = true;
  }
});

async function heard(body, bar, told) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const one of events) {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(one);
      if (!found) continue;
      const data = JSON.parse(found[2]);
      if (found[1] === "error") throw new Error(data.detail);
      if (found[1] === "progress") {
        bar.max = Math.max(1, data.total);
        bar.value = data.done;
        told.textContent = `${data.what} ${data.done} of ${data.total}`;
      }
    }
  }
}

// What is live is asked for again when the daemon says that something happened, unless somebody is at work in it. A page that nobody
// sees holds no connection: browsers open few to one host.
const live = () => document.querySelector("[data-live]");
let listening = null;
let missed = false;

function renew() {
  const at = live();
  missed = Boolean(at) && (at.contains(document.activeElement) || String(getSelection()) !== "");
  if (at && !missed) htmx.trigger(at, "tick");
}

function listen() {
  if (document.hidden || !live()) { listening?.close(); listening = null; return; }
  if (listening) return;
  listening = new EventSource(live().dataset.live);
  listening.addEventListener("changed", renew);
}

listen();
document.addEventListener("visibilitychange", () => { if (!document.hidden && live()) renew(); listen(); });
document.addEventListener("focusout", () => { if (missed) setTimeout(renew); });

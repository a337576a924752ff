"use strict";
/*
 * Comfort for those who have script; every page works without. Shortcuts, regions that refresh themselves, a
 * warning before an idle session ends, passkeys. Nothing is kept in the browser.
 */

const REFRESH_HEADER = "X-Doorstep-Refresh";

/* Keyboard shortcuts: an element with `data-key` is followed, pressed or focused by its key; `?` lists them. */

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function isShown(element) {
  return element.getClientRects().length > 0;
}

function shortcuts() {
  return [...document.querySelectorAll("[data-key]")].filter(isShown);
}

function perform(element) {
  if (["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName)) element.focus();
  else element.click();
}

function row(key, label) {
  const line = document.createElement("p");
  const sign = document.createElement("kbd");
  sign.textContent = key;
  line.append(sign, " ", label);
  return line;
}

function dialogOf(title, ...content) {
  const dialog = document.createElement("dialog");
  const head = document.createElement("h2");
  head.textContent = title;
  head.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", head.id);
  dialog.append(head, ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function button(said, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-primary";
  made.textContent = said;
  made.addEventListener("click", act);
  return made;
}

function listShortcuts() {
  const said = document.body.dataset;
  if (!said.keysTitle || document.querySelector("dialog")) return;
  const rows = shortcuts().map((element) => row(element.dataset.key, element.dataset.keyLabel || element.textContent.trim()));
  const dialog = dialogOf(said.keysTitle, row("?", said.keysHelp), ...rows);
  dialog.append(button(said.keysClose, () => dialog.close()));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog")) return;
  if (event.key === "?") { event.preventDefault(); listShortcuts(); return; }
  const found = shortcuts().find((element) => element.dataset.key === event.key);
  if (found) { event.preventDefault(); perform(found); }
});

/* Regions that refresh themselves: the same page is asked for, the region taken out of it. Whoever works in the
 * region is not disturbed; focus and scroll stay. */

function markOf(element, region) {
  if (!region.contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const address = element.getAttribute("href");
  return address ? `[href="${CSS.escape(address)}"]` : null;
}

function showStale(region, stale) {
  region.previousElementSibling?.matches(".stale") && region.previousElementSibling.remove();
  if (!stale) return;
  const said = document.createElement("p");
  said.className = "stale";
  said.setAttribute("role", "status");
  said.textContent = region.dataset.stale;
  region.before(said);
}

async function refresh(region) {
  if (document.hidden || (region.contains(document.activeElement) && isTyping(document.activeElement))) return;
  let reply;
  try {
    reply = await fetch(location.href, { headers: { [REFRESH_HEADER]: "1", Accept: "text/html" }, credentials: "same-origin" });
  } catch {
    showStale(region, true);
    return;
  }
  if (reply.status === 401) { location.reload(); return; }
  showStale(region, !reply.ok);
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.getElementById(region.id);
  if (!fresh || fresh.innerHTML === region.dataset.last) return;
  region.dataset.last = fresh.innerHTML;
  const mark = markOf(document.activeElement, region);
  const [left, top] = [scrollX, scrollY];
  region.replaceChildren(...fresh.childNodes);
  if (mark) region.querySelector(mark)?.focus({ preventScroll: true });
  scrollTo(left, top);
}

for (const region of document.querySelectorAll("[data-refresh]")) {
  region.dataset.last = region.innerHTML;
  setInterval(refresh, Math.max(Number(region.dataset.refresh), 30) * 1000, region);
}

/* Idle: a minute before the session ends, ask; when it has ended, load the page again, which leads to signing in
 * and back. Typing counts as an act and is told to the server at most once a minute. */

function watchIdle() {
  const { idleS, here, idleTitle, idleText, idleStay } = document.body.dataset;
  if (!idleS) return;
  const limitMs = Number(idleS) * 1000;
  let actAt = Date.now();
  let toldAt = Date.now();
  let asking = null;

  async function tell() {
    toldAt = Date.now();
    const token = document.querySelector('input[name="csrf_token"]');
    await fetch(here, { method: "POST", headers: { "X-CSRFToken": token ? token.value : "" }, credentials: "same-origin" }).catch(() => null);
  }

  function act() {
    if (asking) return;
    actAt = Date.now();
    if (actAt - toldAt > 60_000) tell();
  }

  function look() {
    const idleMs = Date.now() - actAt;
    if (idleMs > limitMs) { location.reload(); return; }
    if (idleMs > limitMs - 60_000 && !asking) {
      const text = document.createElement("p");
      text.textContent = idleText;
      asking = dialogOf(idleTitle, text);
      const stay = () => { asking = null; actAt = Date.now(); tell(); };
      asking.addEventListener("close", stay);
      asking.append(button(idleStay, () => asking.close()));
    }
  }

  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, act, { passive: true });
  setInterval(look, 5000);
}

watchIdle();

/* Passkeys: the options lie in the form, the answer goes back in it. */

function toBytes(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function toText(buffer) {
  return buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "") : "";
}

function withBytes(options) {
  const read = (list) => (list || []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));
  const made = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = read(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = read(options.allowCredentials);
  return made;
}

function created(key) {
  const { attestationObject, clientDataJSON } = key.response;
  return {
    id: key.id, rawId: toText(key.rawId), type: key.type,
    response: { attestationObject: toText(attestationObject), clientDataJSON: toText(clientDataJSON), transports: key.response.getTransports?.() ?? null },
    extensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

function shown(key) {
  const { authenticatorData, clientDataJSON, signature, userHandle } = key.response;
  return {
    id: key.id, rawId: toText(key.rawId), type: key.type,
    response: { authenticatorData: toText(authenticatorData), clientDataJSON: toText(clientDataJSON), signature: toText(signature), userHandle: toText(userHandle) },
    assertionClientExtensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

async function usePasskey(form) {
  const publicKey = withBytes(JSON.parse(form.dataset.options));
  try {
    const key = form.dataset.passkey === "create"
      ? created(await navigator.credentials.create({ publicKey }))
      : shown(await navigator.credentials.get({ publicKey }));
    form.elements.credential.value = JSON.stringify(key);
  } catch {
    const wrong = form.querySelector("[data-passkey-wrong]");
    wrong.textContent = form.dataset.failed;
    wrong.hidden = false;
    return;
  }
  form.submit();
}

document.querySelectorAll("form[data-passkey]").forEach(usePasskey);

/* Small things. */

document.querySelector("[data-focus]")?.focus();
for (const element of document.querySelectorAll("[data-print]")) {
  element.hidden = false;
  element.addEventListener("click", () => print());
}

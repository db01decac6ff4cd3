(() => {
"use strict";
const root = document.documentElement;
const all = (selector) => Array.from(document.querySelectorAll(selector));
const links = all("a.claim");
const filters = document.getElementById("filters");
if (!filters || !links.length) return;
const status = document.getElementById("shown");
const cards = new Map(all(".card").map((card) => [card.dataset.card, card]));
const parts = new Map();
for (const part of all(".more")) {
  if (!parts.has(part.dataset.claim)) parts.set(part.dataset.claim, []);
  parts.get(part.dataset.claim).push(part);
}
const grave = ["none", "note", "warning", "error"];
let open = null;

root.classList.add("js");
filters.hidden = false;
for (const link of links) {
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", "d" + link.dataset.claim);
}

const shown = () => links.filter((link) => !link.classList.contains("off"));
const everything = () => root.classList.contains("all");

function mark(link, on) {
  link.classList.toggle("current", on);
  link.setAttribute("aria-expanded", String(on));
  for (const part of parts.get(link.dataset.claim) || []) part.classList.toggle("current", on);
}

function close(back) {
  if (!open) return;
  const link = open;
  open = null;
  cards.get(link.dataset.claim).classList.remove("open");
  root.classList.remove("panel");
  mark(link, false);
  if (back) link.focus();
}

function show(link, focus) {
  const card = cards.get(link.dataset.claim);
  if (everything()) {
    card.focus();
    card.scrollIntoView({ block: "start" });
    return;
  }
  close(false);
  open = link;
  mark(link, true);
  root.classList.add("panel");
  card.classList.add("open");
  card.scrollTop = 0;
  link.scrollIntoView({ block: "nearest" });
  if (focus) card.focus({ preventScroll: true });
}

function step(from, by) {
  const list = shown();
  if (!list.length) return;
  const at = list.indexOf(from);
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)];
  if (open) show(next, true);
  else next.focus();
}

function apply() {
  const data = new FormData(filters);
  const verdicts = data.getAll("verdict");
  const least = grave.indexOf(data.get("severity") || "none");
  let count = 0;
  for (const link of links) {
    const d = link.dataset;
    const fits = verdicts.includes(d.verdict) && (!data.get("category") || data.get("category") === d.category)
      && Number(d.importance) >= Number(data.get("importance")) && grave.indexOf(d.severity) >= least;
    count += fits ? 1 : 0;
    link.classList.toggle("off", !fits);
    if (fits) link.removeAttribute("tabindex");
    else link.tabIndex = -1;
    cards.get(d.claim).classList.toggle("off", !fits);
    for (const part of parts.get(d.claim) || []) part.classList.toggle("off", !fits);
  }
  if (open && open.classList.contains("off")) close(false);
  status.textContent = count + " of " + links.length + " claims marked";
}

filters.addEventListener("change", (event) => { if (event.target.id !== "letters") apply(); });
filters.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("unfilter").addEventListener("click", () => { filters.reset(); apply(); });
document.getElementById("details").addEventListener("click", (event) => {
  close(false);
  const on = root.classList.toggle("all");
  event.currentTarget.setAttribute("aria-pressed", String(on));
});

// What lies under the panel must not have the focus.
document.addEventListener("focusin", (event) => {
  if (open && !event.target.closest("#documents")) close(false);
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const go = target.closest("button[data-go]");
  if (go && open) {
    if (go.dataset.go === "0") close(true);
    else step(open, Number(go.dataset.go));
    return;
  }
  const link = target.closest("a.claim") || (target.closest(".more") && document.getElementById("c" + target.closest(".more").dataset.claim));
  if (link && !link.classList.contains("off")) {
    event.preventDefault();
    show(link, true);
    return;
  }
  const jump = target.closest("a[href^='#c']");
  if (jump) {
    const claim = document.getElementById(jump.getAttribute("href").slice(1));
    if (claim && claim.classList.contains("claim")) {
      event.preventDefault();
      close(false);
      claim.scrollIntoView({ block: "center" });
      claim.focus();
    }
  } else if (target.closest("a[href^='#']")) close(false);
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const active = document.activeElement;
  if (event.key === "Escape" && open) {
    event.preventDefault();
    close(true);
    return;
  }
  const claim = active && active.classList.contains("claim") ? active : null;
  const card = active && active.closest(".card");
  const letters = document.getElementById("letters").checked && (claim || card || active === document.body);
  let by = 0;
  if (letters && event.key === "j") by = 1;
  else if (letters && event.key === "k") by = -1;
  else if (claim && event.key === "ArrowDown") by = 1;
  else if (claim && event.key === "ArrowUp") by = -1;
  if (!by) return;
  event.preventDefault();
  step(open || claim || (card && document.getElementById("c" + card.dataset.card)), by);
});
})();

// A box above each long table or list that hides the rows without the words typed. Without this script all rows show.
"use strict";
document.querySelectorAll("[data-filter]").forEach((list) => {
  const rows = Array.from(list.matches("table") ? list.tBodies[0].rows : list.children);
  if (rows.length < 8) return;
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const label = document.createElement("label");
  label.className = "instant";
  label.append("Show only rows with ");
  const box = document.createElement("input");
  box.type = "search";
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  label.append(box);
  const bar = document.createElement("div");
  bar.className = "instant-bar";
  bar.append(label, count);
  const outer = list.closest(".scroll") || list;
  outer.before(bar);
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, place) => {
      const fits = words.every((word) => texts[place].includes(word));
      row.hidden = !fits;
      left += fits;
    });
    count.textContent = words.length ? `${left} of ${rows.length}` : "";
  });
});

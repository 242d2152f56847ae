// The import wizard. Every page works without this; it saves clicks and waiting.
"use strict";

(() => {
  const begin = document.querySelector('[data-import="begin"]');
  if (begin) {
    begin.querySelector("select").addEventListener("change", () => begin.submit());
    begin.querySelector("button").hidden = true;
  }

  // A file that is too large is said before it is sent.
  const upload = document.querySelector('[data-import="upload"]');
  if (upload) {
    const file = upload.querySelector('input[type="file"]');
    file.hasChangeListener = true; // Unfold looks for a text box of its own beside every file
    const tooLarge = upload.querySelector("[data-too-large]");
    const check = () => {
      tooLarge.hidden = !(file.files[0] && file.files[0].size > Number(upload.dataset.most));
      return tooLarge.hidden;
    };
    file.addEventListener("change", check);
    upload.addEventListener("submit", (event) => {
      if (!check()) event.preventDefault();
      else upload.querySelector("button").disabled = true;
    });
  }

  // What follows from a choice (words, dates, what is not used) comes anew from the server after each one.
  const columns = document.querySelector('[data-import="columns"]');
  if (columns) {
    const look = columns.querySelector("[data-look]");
    if (look) look.hidden = true;
    let asked = 0;
    let edits = 0;
    columns.addEventListener("input", () => edits++);
    const again = async () => {
      const mine = ++asked;
      const before = edits;
      const body = new FormData(columns);
      body.set("do", "look");
      const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "text/html" } });
      if (!answer.ok || mine !== asked) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      // Whoever typed or ticked something meanwhile must not lose it: what they have now is asked about instead.
      if (before !== edits) {
        again();
        return;
      }
      const focused = columns.contains(document.activeElement) ? document.activeElement : null;
      const place = focused && (focused.id ? `#${focused.id}` : focused.name && `[name="${focused.name}"]`);
      for (const id of ["mapping-errors", "mapping-rest"]) {
        const now = document.getElementById(id);
        const next = fresh.getElementById(id);
        if (now && next) now.replaceWith(next);
      }
      fresh.querySelectorAll("[id^=b]").forEach((note) => {
        const now = document.getElementById(note.id);
        if (now && /^b\d+$/.test(note.id)) now.replaceWith(note);
      });
      const fading = columns.querySelector("[data-look]");
      if (fading) fading.hidden = true;
      const back = place && !focused.isConnected && columns.querySelector(place);
      if (back) back.focus({ preventScroll: true });
    };
    columns.addEventListener("change", (event) => {
      if (event.target.matches("select, [name=told_by_name]")) again();
    });
  }

  // The bar asks how far the work is until it is done; a reload only begins asking anew.
  const progress = document.querySelector('[data-import="progress"]');
  if (progress) {
    const bar = progress.querySelector(".m-bar");
    const ask = async () => {
      try {
        const answer = await fetch(progress.dataset.url, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const told = await answer.json();
        if (!told.working) {
          location.reload();
          return;
        }
        bar.classList.toggle("m-unsure", told.percent === null);
        bar.firstElementChild.style.width = `${told.percent === null ? 100 : told.percent}%`;
        if (told.percent === null) bar.removeAttribute("aria-valuenow");
        else bar.setAttribute("aria-valuenow", told.percent);
        progress.querySelector("[data-stage]").textContent = told.stage;
        progress.querySelector("[data-done]").textContent = told.done;
      } catch {
        progress.querySelector("[data-stage]").textContent = progress.dataset.lost;
      }
      setTimeout(ask, 1000);
    };
    setTimeout(ask, 700);
  }
})();

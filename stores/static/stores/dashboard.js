// What every page of the dashboard needs: forms are sent once and not lost with a session, and Unfold's parts have names.
"use strict";

(() => {
  // --- one click, one request -----------------------------------------------------------------------------------------

  const PATIENCE = 15_000; // after that a second click is meant
  const LONG = 5 * 60_000; // a form that stood open longer may have outlived its session
  let loaded = Date.now();

  // A form that stood open for long: whether its person is still logged in. A login in another tab changes the token too.
  async function renewed(form) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname.endsWith("/login/")) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = fresh.querySelector('[name="csrfmiddlewaretoken"]');
    if (token) form.querySelector('[name="csrfmiddlewaretoken"]').value = token.value;
    loaded = Date.now();
    return true;
  }

  function loggedOut(form) {
    const words = document.getElementById("m-logged-out");
    const note = words.content.firstElementChild.cloneNode(true);
    form.querySelector(".m-logged-out")?.remove();
    form.prepend(note);
    note.scrollIntoView({ block: "center" });
    note.focus();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !document.getElementById("m-logged-out")) return;
    if (Date.now() - Number(form.dataset.sent ?? 0) < PATIENCE) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = Date.now();
    if (Date.now() - loaded < LONG || !form.querySelector('[name="csrfmiddlewaretoken"]')) return;
    event.preventDefault();
    const { submitter } = event;
    renewed(form).then(
      (still) => {
        delete form.dataset.sent;
        if (still) form.requestSubmit(submitter);
        else loggedOut(form);
      },
      () => form.submit(), // without an answer the browser says it best
    );
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // --- tabs that fit ------------------------------------------------------------------------------------------------

  // Unfold measures its tabs before the letters are there, and takes one back from its menu at each change of width.
  window.addEventListener("load", () => {
    const menu = document.getElementById("tabs-dropdown");
    for (let left = menu?.childElementCount ?? 0; left > 0; left -= 1) window.dispatchEvent(new Event("resize"));
  });

  // --- names for those who hear the page ------------------------------------------------------------------------------

  // Select2 shows a box of its own in place of a select and leaves its label behind.
  function named(root) {
    root.querySelectorAll("select.select2-hidden-accessible").forEach((select) => {
      const box = select.nextElementSibling?.querySelector('[role="combobox"]');
      const shown = box?.querySelector('[role="textbox"]');
      const label = select.labels[0];
      const cell = select.closest("td")?.cellIndex;
      const words = label ?? select.closest("table")?.querySelectorAll("thead th")[cell];
      if (!box || !words) return;
      for (const part of [box, shown]) {
        part?.removeAttribute("aria-labelledby");
        part?.setAttribute("aria-label", words.textContent.replace("*", "").trim());
      }
    });
  }

  window.addEventListener("load", () => named(document));
  document.addEventListener("formset:added", (event) => setTimeout(() => named(event.target)));
  document.getElementById("content")?.setAttribute("role", "main");
})();

// The week of opening hours with clocks instead of text. The text boxes stay what is sent: without this they are the form.
"use strict";

(() => {
  const PERIOD = /^\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*$/;
  const two = (text) => text.padStart(2, "0");
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const clock = (total) => `${two(String(Math.floor(total / 60) % 24))}:${two(String(total % 60))}`;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const send = (url, content, signal) =>
    fetch(url, {
      method: "POST",
      signal,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(content),
    });

  // "10:00-14:00, 15:00-21:00" as pairs; null when it is not written so, and the person goes on with the text.
  function periods(text) {
    const found = [];
    for (const part of text.split(/[,;]/)) {
      if (!part.trim()) continue;
      const match = PERIOD.exec(part);
      if (!match || Number(match[1]) > 23 || Number(match[3]) > 24) return null;
      found.push([`${two(match[1])}:${match[2]}`, `${two(match[3])}:${match[4]}`]);
    }
    return found;
  }
  const text = (pairs) => pairs.map(([start, end]) => `${start}-${end}`).join(", ");

  class Editor {
    constructor(week) {
      this.week = week;
      this.rows = [...week.querySelectorAll(".m-week-day")].map((row, number) => this.furnish(row, number));
      this.below = week.querySelector(".m-week-below");
      this.below.hidden = false;
      this.shown = week.querySelector(".m-week-preview");
      week.classList.add("ready");
      this.below.querySelector("[data-texts]").addEventListener("click", (event) => {
        const pressed = week.classList.toggle("as-text");
        event.target.setAttribute("aria-pressed", pressed);
        if (!pressed) this.rows.forEach((row) => this.draw(row));
      });
      this.below.querySelector("[data-take]").addEventListener("click", () => this.take());
      // A season's dates and the purpose stand beside the week in the same form.
      this.form().querySelectorAll("[name$=season_from], [name$=season_to], [name$=purpose]").forEach((field) =>
        field.addEventListener("change", () => this.ask()),
      );
    }

    form() {
      return this.week.closest(".inline-related, form") ?? document;
    }

    furnish(element, number) {
      const row = { element, number, input: element.querySelector("input") };
      element.append(this.week.querySelector("template[data-day]").content.cloneNode(true));
      element.querySelector(".m-week-name").textContent = element.getAttribute("aria-label");
      element.querySelector("[data-add]").addEventListener("click", () => {
        const now = periods(row.input.value) ?? [];
        const last = now[now.length - 1];
        const start = last ? Math.min(minutes(last[1]) + 60, 1380) : 600;
        this.write(row, [...now, [clock(start), clock(Math.min(start + (last ? 240 : 540), 1439))]]);
        element.querySelector(".m-period:last-child [data-start]").focus();
      });
      element.querySelector("[data-change]").addEventListener("change", (event) => {
        const chosen = event.target.value;
        event.target.value = "";
        if (chosen === "closed") return this.write(row, []);
        if (chosen === "always") return this.write(row, [["00:00", "24:00"]]);
        const [from, to] = chosen === "next" ? [number + 1, number + 1] : chosen.split("-").map(Number);
        for (let day = from; day <= to; day += 1) this.write(this.rows[day % 7], periods(row.input.value) ?? []);
      });
      row.input.addEventListener("input", () => this.ask());
      this.draw(row);
      return row;
    }

    write(row, pairs) {
      row.input.value = text(pairs);
      row.input.dispatchEvent(new Event("input", { bubbles: true }));
      row.input.dispatchEvent(new Event("change", { bubbles: true }));
      this.draw(row);
    }

    draw(row) {
      const pairs = periods(row.input.value);
      row.element.classList.toggle("unread", pairs === null); // shown as it was written, with what is wrong
      row.element.querySelector(".m-week-closed").hidden = !pairs || pairs.length > 0;
      const shown = (pairs ?? []).map((_pair, index) => this.period(row, pairs, index));
      row.element.querySelector(".m-week-periods").replaceChildren(...shown);
    }

    period(row, pairs, index) {
      const element = this.week.querySelector("template[data-period]").content.firstElementChild.cloneNode(true);
      const [start, end] = [element.querySelector("[data-start]"), element.querySelector("[data-end]")];
      [start.value, end.value] = [pairs[index][0], pairs[index][1] === "24:00" ? "00:00" : pairs[index][1]];
      const mark = () => {
        const whole = start.value === end.value;
        element.querySelector("[data-whole]").hidden = !whole;
        element.querySelector("[data-next]").hidden = whole || end.value === "00:00" || minutes(end.value) > minutes(start.value);
      };
      mark();
      const changed = () => {
        if (!start.value || !end.value) return;
        // Midnight as an end is this day's 24:00, not the first minute of the next.
        pairs[index] = [start.value, end.value === "00:00" ? "24:00" : end.value];
        row.input.value = text(pairs);
        row.input.dispatchEvent(new Event("input", { bubbles: true }));
        mark();
      };
      start.addEventListener("input", changed);
      end.addEventListener("input", changed);
      element.querySelector("[data-remove]").addEventListener("click", () => {
        this.write(row, pairs.filter((_pair, other) => other !== index));
        row.element.querySelector("[data-add]").focus();
      });
      element.querySelector("[data-split]").addEventListener("click", () => {
        const first = minutes(start.value);
        const last = minutes(end.value) + (minutes(end.value) <= first ? 1440 : 0);
        const middle = Math.max(first + 30, Math.min(last - 90, Math.round((first + last) / 120) * 60 - 60));
        if (last - first < 120) return;
        this.write(row, [
          ...pairs.slice(0, index),
          [start.value, clock(middle)],
          [clock(middle + 60), pairs[index][1]],
          ...pairs.slice(index + 1),
        ]);
        row.element.querySelectorAll("[data-end]")[index].focus();
      });
      return element;
    }

    async take() {
      const said = this.below.querySelector(".m-week-said");
      const answer = await send(this.week.dataset.read, { text: this.below.querySelector("textarea").value });
      if (!answer.ok || answer.redirected) return;
      const found = await answer.json();
      said.innerHTML = found.html;
      found.days?.forEach((day, number) => this.write(this.rows[number], periods(day) ?? []));
    }

    // Asked for the whole page at once: seasons and the year's week make the days together.
    ask() {
      clearTimeout(Editor.waiting);
      Editor.waiting = setTimeout(() => Editor.preview(this), 400);
    }

    content() {
      const value = (name) => this.form().querySelector(`[name$=${name}]`)?.value ?? "";
      return {
        purpose: value("purpose"),
        from: value("season_from"),
        to: value("season_to"),
        days: this.rows.map((row) => row.input.value),
      };
    }

    tell(problems) {
      this.rows.forEach((row) => {
        const line = row.element.querySelector(".m-week-problem");
        line.textContent = problems[row.number] ?? "";
        line.hidden = !line.textContent;
        row.element.classList.toggle("wrong", !line.hidden);
      });
    }

    static async preview(editor) {
      Editor.asked?.abort();
      Editor.asked = new AbortController();
      const all = Editor.all().filter((one) => !one.form().querySelector("[name$=DELETE]:checked"));
      const purpose = editor.content().purpose;
      try {
        const answer = await send(
          editor.week.dataset.preview,
          { store: Editor.store(), purpose, weeks: all.map((one) => one.content()) },
          Editor.asked.signal,
        );
        if (!answer.ok || answer.redirected) return;
        const found = await answer.json();
        all.forEach((one, index) => one.tell(found.problems[index] ?? {}));
        editor.shown.hidden = !found.html;
        editor.shown.querySelector("[data-shown]").innerHTML = found.html;
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    }

    static store() {
      const own = /\/store\/(\d+)\/change\//.exec(location.pathname);
      return own ? own[1] : document.getElementById("id_store")?.value ?? "";
    }

    static all() {
      return [...document.querySelectorAll("[data-week].ready")].map((week) => Editor.of.get(week));
    }
  }
  Editor.of = new WeakMap();

  function start(root) {
    root.querySelectorAll("[data-week]:not(.ready)").forEach((week) => {
      if (week.querySelector("input").name.includes("__prefix__")) return; // the pattern that new rows are made of
      const editor = new Editor(week);
      Editor.of.set(week, editor);
      editor.ask();
    });
  }
  start(document);
  document.addEventListener("formset:added", (event) => start(event.target));
})();

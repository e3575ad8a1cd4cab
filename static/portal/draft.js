/* What a person has typed stays on this machine until the server has it: see docs/frontend.md. */
"use strict";
(() => {
  /* Words are Chinese here; english.js, loaded before this file on English pages, holds the others. */
  const say = (text, values = {}) =>
    ((window.portalWords || {})[text] || text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  window.portalSay = say;
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
  const PREFIX = "draft:";
  const ROW = /^row-(\d+)-(.+)$/;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* storage full or closed */ } };
  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* closed */ } };
  const keys = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } };

  /* Signing in again in another window changes the token; the cookie knows the present one. */
  function freshen(form) {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/), field = form.elements.csrfmiddlewaretoken;
    if (found && field) field.value = found[1];
  }

  class Draft {
    constructor(form, name, version = "") {
      this.form = form;
      this.key = PREFIX + name;
      this.version = version;
    }
    get pairs() {
      const own = [...new FormData(this.form)].filter(([name, value]) => !(value instanceof File) && !["csrfmiddlewaretoken", "version"].includes(name));
      return own.filter(([name]) => ![...all(`[name="${CSS.escape(name)}"]`, this.form)].some((field) => field.type === "password"));
    }
    get kept() { return read(this.key); }
    keep(sent = false) { write(this.key, { version: this.version, pairs: this.pairs, sent, at: Date.now() }); }
    forget() { drop(this.key); }

    get blank() {
      const template = this.form.querySelector("template[data-blank]");
      return template && template.content.firstElementChild;
    }
    /* The filled rows of a table, in order: [{name: value}]. */
    rows(pairs) {
      const rows = new Map(), empty = {};
      for (const field of all("[name]", this.blank)) empty[ROW.exec(field.name)[2]] = field.value;
      for (const [name, value] of pairs) {
        const found = ROW.exec(name);
        if (found) rows.set(found[1], { ...rows.get(found[1]), [found[2]]: value });
      }
      return [...rows.values()].filter((row) => Object.entries(row).some(([name, value]) => value.trim() !== (empty[name] || "")));
    }
    plain(pairs) {
      const others = pairs.filter(([name, value]) => value.trim() && !(this.blank && ROW.test(name)));
      return JSON.stringify([others, this.blank ? this.rows(pairs) : []]);
    }
    differs(kept) { return this.plain(kept.pairs) !== this.plain(this.pairs); }

    fill(kept) {
      if (this.blank) this.fillRows(this.rows(kept.pairs));
      const given = new Map();
      for (const [name, value] of kept.pairs) given.set(name, [...(given.get(name) || []), value]);
      for (const field of this.form.elements) {
        if (!field.name || (this.blank && ROW.test(field.name))) continue;
        const values = given.get(field.name);
        if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(values && values.includes(field.value));
        else if (field.tagName === "SELECT" && field.multiple) for (const one of field.options) one.selected = Boolean(values && values.includes(one.value));
        else if (values && values.length && !["hidden", "file", "submit", "button", "password"].includes(field.type)) field.value = values.shift();
      }
      this.form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    fillRows(rows) {
      const body = this.form.querySelector("[data-rows] tbody");
      body.replaceChildren();
      rows.forEach((row, at) => {
        const line = this.blank.cloneNode(true);
        line.querySelector("[data-n]").textContent = at + 1;
        for (const field of all("[name]", line)) {
          const name = ROW.exec(field.name)[2];
          field.name = field.name.replace("row-9999", `row-${at}`);
          field.id = field.id.replace("row-9999", `row-${at}`);
          if (name in row) field.value = row[name];
        }
        for (const button of all("[data-up], [data-drop]", line)) button.hidden = false;
        body.append(line);
      });
    }
    /* The server has something else than this machine: the person decides. */
    offer(kept, then) {
      const box = document.createElement("div"), head = document.createElement("p"), acts = document.createElement("div");
      box.className = "notice notice-warning";
      box.setAttribute("role", "alert");
      const at = new Date(kept.at || Date.now());
      const day = `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")} ${at.toTimeString().slice(0, 5)}`;
      head.textContent = say("这台电脑上有较新的内容（{day} 填写），还没有保存。", { day });
      acts.className = "acts";
      for (const [text, kind, act] of [[say("恢复这些内容"), "btn-1", () => { this.fill(kept); then(); }], [say("不用了"), "btn-3", () => this.forget()]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn " + kind;
        button.textContent = text;
        button.addEventListener("click", () => { act(); box.remove(); });
        acts.append(button);
      }
      box.append(head, acts);
      this.form.before(box);
    }
  }

  /* A form without autosave: kept while typing, offered when the page comes without it. */
  function plainForm(form) {
    if (form.draft || form.dataset.autosave || form.method !== "post" || !form.querySelector("textarea:not([readonly]):not([disabled])")) return;
    const draft = form.draft = new Draft(form, `${document.body.dataset.user}:${location.pathname}:${all("form").indexOf(form)}`);
    const kept = draft.kept;
    const done = kept && kept.sent && document.querySelector(".notice-success[role=status]");
    if (kept && (done || !draft.differs(kept))) draft.forget();
    else if (kept) draft.offer(kept, () => form.dispatchEvent(new Event("input", { bubbles: true })));
    let timer = 0;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => draft.keep(), 300); });
    form.addEventListener("submit", () => { clearTimeout(timer); draft.keep(true); });
    window.addEventListener("pagehide", () => { if (timer && !(draft.kept || {}).sent) draft.keep(); });
    draft.stop = () => { clearTimeout(timer); timer = 0; draft.forget(); };
  }

  /* Another look of a form that asks the same in another way: the server keeps what is typed and brings it along. */
  function carry(form) {
    if (!form.matches("[data-carry]") && !form.querySelector("[data-carry]")) return;
    for (const link of all('a[href*="elder="], a[href*="contrast="], a[href*="lang="]')) link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const mark = document.createElement("input");
      mark.type = "hidden";
      mark.name = "carry";
      mark.value = "1";
      form.append(mark);
      if (form.draft) form.draft.stop();
      freshen(form);
      form.action = link.href;
      form.submit();
    });
  }

  function start() {
    const user = document.body.dataset.user;
    // The server says that nothing was taken: what was sent counts as not sent.
    if (document.querySelector("[data-unsent]")) for (const key of keys()) write(key, { ...read(key), sent: false });
    if (!user) return;
    all("form").forEach(plainForm);
    all("form").forEach(carry);
    const here = all("form").map((form) => (form.draft ? form.draft.key : PREFIX + form.dataset.draft));
    for (const key of keys()) if ((read(key) || {}).sent && !here.includes(key)) drop(key);
  }

  window.portal = { Draft, freshen, forgetDrafts: () => keys().forEach(drop) };
  start();
})();

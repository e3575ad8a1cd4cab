/* Behaviour of the portal. Every page works without it; no inline script anywhere. */
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const say = window.portalSay;
  const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
  const graphemes = window.Intl && Intl.Segmenter ? new Intl.Segmenter("zh") : null;
  const length = (text) => (graphemes ? [...graphemes.segment(text)].length : [...text].length);

  function focusErrors(scope) {
    const box = scope.querySelector(".errors");
    if (!box) return;
    box.focus();
    if (!document.title.startsWith(say("有误："))) document.title = say("有误：") + document.title;
  }

  function menu() {
    for (const button of all("[data-menu]")) {
      const target = document.getElementById(button.getAttribute("aria-controls"));
      if (!target) continue;
      button.hidden = false;
      button.addEventListener("click", () => {
        const open = target.classList.toggle("open");
        button.setAttribute("aria-expanded", String(open));
      });
    }
  }

  /* data-limit="800" on an input or textarea: a line below counts, it never blocks typing or paste. */
  function counter(field) {
    if (field.dataset.counted) return;
    field.dataset.counted = "1";
    const limit = Number(field.dataset.limit);
    const line = document.createElement("p");
    line.className = "counter";
    line.id = field.id + "_counter";
    field.after(line);
    field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
    const tell = () => {
      const n = length(field.value);
      line.textContent = say(n > limit ? "已写 {n} 字，超过上限 {limit} 字，请删去 {over} 字" : "已写 {n} 字，最多 {limit} 字", { n, limit, over: n - limit });
      line.classList.toggle("over", n > limit);
    };
    field.addEventListener("input", tell);
    tell();
  }

  /* data-sum tells the sum of the inputs with data-points (1 adds, -1 takes away): a cell that of its table, a line that of its form and how many are blank. */
  function sum(line) {
    const isCell = line.tagName === "TD", whole = line.closest(isCell ? "table" : "form"), fields = all("[data-points]", whole);
    const tell = () => {
      const total = Math.round(10 * fields.reduce((so, field) => so + Number(field.value || 0) * Number(field.dataset.points), 0)) / 10;
      const blank = fields.filter((field) => field.value === "").length;
      if (isCell) line.textContent = blank === fields.length ? "——" : total;
      else line.textContent = say(blank ? "目前合计 {total} 分，还有 {n} 项未填" : "合计 {total} 分", { total, n: blank });
    };
    line.hidden = false;
    whole.addEventListener("input", tell);
    tell();
  }

  function fileInput(input) {
    if (input.dataset.told) return;
    input.dataset.told = "1";
    const line = document.createElement("span"), pick = document.createElement("label"), button = document.createElement("span");
    line.className = "file-state";
    line.setAttribute("aria-live", "polite");
    line.textContent = say("没有选择文件");
    button.className = "btn btn-2";
    button.textContent = say("选择文件");
    pick.className = "file-pick";
    pick.append(button, line);
    if (!input.id) input.id = "file-" + Math.random().toString(36).slice(2);
    pick.htmlFor = input.id;
    input.after(pick);
    input.addEventListener("change", () => {
      const limit = Number(input.dataset.maxBytes || 0);
      line.textContent = [...input.files].map((file) => {
        const size = (file.size / 1048576).toFixed(1);
        const over = limit && file.size > limit ? say("，须小于 {most} MB，可以压缩后再传", { most: Math.round(limit / 1048576) }) : "";
        return say("已选：{name}（{size} MB）{over}", { name: file.name, size, over });
      }).join("；") || say("没有选择文件");
    });
  }

  /* <form data-autosave="URL" data-version="3" data-draft="user:object">: see docs/frontend.md. */
  class Autosave {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosave;
      this.version = form.dataset.version || "";
      this.draft = new window.portal.Draft(form, form.dataset.draft || location.pathname, this.version);
      this.line = document.querySelector(form.dataset.status || "[data-save-status]");
      this.timer = 0;
      this.busy = false;
      this.dirty = false;
      this.wait = 2000;
      form.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
      form.addEventListener("compositionend", () => this.later());
      form.addEventListener("change", () => this.later());
      form.addEventListener("focusout", () => { if (this.dirty) this.send(); });
      form.addEventListener("submit", (event) => {
        clearTimeout(this.timer);
        if (this.busy || this.gone) {
          event.preventDefault();
          this.waiting = true;
          this.submitter = event.submitter;
          this.send();
          return;
        }
        this.stopped = true;
        this.draft.keep(true);
      });
      document.addEventListener("visibilitychange", () => { if (this.dirty && (document.hidden || this.gone)) this.send(document.hidden); });
      window.addEventListener("online", () => { if (this.dirty) this.send(); });
      document.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === "s" && !event.isComposing) { event.preventDefault(); this.dirty = true; this.send(); }
      });
      this.restore();
    }
    later() {
      this.dirty = true;
      this.draft.keep();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), 800);
    }
    values() {
      const data = new FormData(this.form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      return data;
    }
    restore() {
      const kept = this.draft.kept;
      if (!kept || !this.draft.differs(kept)) return this.draft.forget();
      const again = () => { this.dirty = true; this.send(); };
      if (kept.version !== this.version) return kept.sent ? this.draft.forget() : this.draft.offer(kept, again);
      this.draft.fill(kept);
      this.say("上次没有传完的内容已恢复，正在保存…", false);
      again();
    }
    say(text, bad) {
      if (!this.line || this.line.textContent === text) return;
      this.line.textContent = text;
      this.line.classList.toggle("bad", Boolean(bad));
    }
    async send(leaving) {
      if (this.stopped || !this.url) return;
      if (this.busy) { this.again = true; return; }
      clearTimeout(this.timer);
      this.busy = true;
      this.dirty = false;
      window.portal.freshen(this.form);
      if (!leaving) this.say("正在保存…");
      const body = this.values();
      try {
        const answer = await fetch(this.url, {
          method: "POST", body, keepalive: Boolean(leaving), credentials: "same-origin", redirect: "manual",
          headers: { "If-Match": `"${this.version}"`, "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
        });
        await this.heard(answer);
      } catch (error) {
        this.failed(say("网络中断，内容已存在这台电脑上，恢复后会自动上传。请不要关闭本页。"));
      }
      this.busy = false;
      if (this.waiting) {
        this.waiting = this.again = false;
        if (!this.conflicting && !this.gone) this.form.requestSubmit(this.submitter);
        return;
      }
      if (this.again) { this.again = false; this.send(); }
    }
    async heard(answer) {
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (answer.ok) {
        this.version = this.draft.version = String(told.version ?? this.version);
        this.back();
        const hidden = this.form.elements.version;
        if (hidden) hidden.value = this.version;
        this.wait = 2000;
        if (!this.dirty) this.draft.forget();
        const at = told.saved_at || new Date().toTimeString().slice(0, 5);
        this.say(say("已自动保存 {at}", { at }));
        this.form.dispatchEvent(new CustomEvent("autosaved", { detail: told, bubbles: true }));
      } else if (answer.status === 409) {
        this.stopped = this.conflicting = true;
        this.say(say("没有保存：其他人刚修改了本节"), true);
        this.conflict(told);
      } else if (answer.type === "opaqueredirect" || answer.status === 401) {
        this.signedOut(told.login);
      } else if (answer.status === 403 || answer.status === 410) {
        this.stopped = true;
        this.say(told.message || say("现在不能再保存。您写的内容还在本页，可以复制。"), true);
      } else {
        this.failed(told.message || say("保存失败，内容保留在本机，正在重试"));
      }
    }
    /* Nothing is sent until somebody has signed in again: a button would only leave the page. */
    signedOut(login) {
      this.failed(say("登录已过期。请在新窗口登录后回到本页，内容会自动上传。"));
      if (this.gone) { if (this.waiting) this.gone.focus(); return; }
      this.gone = document.createElement("div");
      this.gone.className = "notice notice-warning";
      this.gone.setAttribute("role", "alert");
      this.gone.tabIndex = -1;
      const link = document.createElement("a");
      link.href = login || "/accounts/login/";  // not back to this page: two windows would save over each other
      link.target = "_blank";
      link.textContent = say("在新窗口登录");
      this.gone.append(say("登录已过期，暂时不能保存。您填写的内容都在本页，也存在这台电脑上。登录后再回到本页继续。"), " ", link);
      this.form.before(this.gone);
      this.gone.focus();
    }
    back() {
      if (this.gone) this.gone.remove();
      this.gone = null;
    }
    failed(text) {
      this.dirty = true;
      this.say(text, true);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), this.wait);
      this.wait = Math.min(this.wait * 2, 60000);
    }
    /* 409: {"version": 5, "by": "张三", "fields": {"name": "their text"}}: both texts side by side, nothing overwritten. */
    conflict(told) {
      const box = document.createElement("div");
      box.className = "notice notice-warning";
      box.setAttribute("role", "alert");
      box.tabIndex = -1;
      const head = document.createElement("p");
      head.textContent = say("{who}刚修改了本节。您的内容没有丢，也没有覆盖对方的内容。请比较后决定：复制您的文字，再重新打开本页。", { who: told.by || say("其他人") });
      box.append(head);
      for (const [name, theirs] of Object.entries(told.fields || {})) {
        const field = this.form.elements[name];
        if (!field || field.value === theirs) continue;
        const label = this.form.querySelector(`label[for="${field.id}"]`);
        const list = document.createElement("dl");
        list.className = "summary";
        for (const [who, text] of [[say("{field} · 您写的", { field: label ? label.firstChild.textContent.trim() : name }), field.value], [say("对方写的"), theirs]]) {
          const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
          dt.textContent = who;
          dd.textContent = text || say("未填写");
          row.append(dt, dd);
          list.append(row);
        }
        box.append(list);
      }
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = say("重新打开本页");
      link.addEventListener("click", () => this.draft.forget());
      box.append(link);
      this.form.before(box);
      box.focus();
    }
  }

  function start(scope) {
    all("[data-limit]", scope).forEach(counter);
    all("[data-sum]", scope).forEach(sum);
    all("input[type=file]", scope).forEach(fileInput);
    all("form[data-autosave]", scope).forEach((form) => { if (!form.saver) form.saver = new Autosave(form); });
    all("[data-print]", scope).forEach((link) => { link.hidden = false; link.addEventListener("click", () => window.print()); });
    all("[data-submit-on-change]", scope).forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
    all("form.log-out", scope).forEach((form) => form.addEventListener("submit", window.portal.forgetDrafts));
    focusErrors(scope);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.portal.freshen(form);
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  document.addEventListener("htmx:load", (event) => start(event.target));
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
  menu();
  start(document);
})();
